package io.redrl.report;

import io.redrl.base.AtomicFiles;
import io.redrl.identify.Identification;
import io.redrl.identify.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Identified images as one HTML file that needs nothing else and loads nothing: for each image the verdict, its probabilities,
 * the pictures and what else was found.
 */
public final class IdentificationPage {
    /** Images with pictures; a page with thousands would be too heavy to open. */
    private static final int MOST = 500;

    /** The same for what they come to in characters, nearly all of them pictures. */
    private static final int MOST_CHARACTERS = 32 << 20;

    /** Twice what a page shows them at, for fine screens. */
    static final int LONGEST_SIDE = 320;

    private final List<String> sections = new ArrayList<>();
    private long characters;
    private int images;
    private int attacked;
    private int unknown;

    /** Adds an image; beyond the first 500 or 32 million characters they are only counted. Keeps no more of it than the page shows. */
    public void add(Identification image) {
        images++;
        attacked += image.outcome() == Verdict.Outcome.ATTACKED ? 1 : 0;
        unknown += image.outcome() == Verdict.Outcome.UNKNOWN ? 1 : 0;
        if (sections.size() < MOST && characters < MOST_CHARACTERS) {
            String section = Page.of("identified", image);
            sections.add(section);
            characters += section.length();
        }
    }

    /**
     * Writes the page.
     *
     * @param file complete or absent
     */
    public void write(Path file) {
        AtomicFiles.writeString(file, text());
    }

    /** The page as text. */
    public String text() {
        return Page.of("identify", this);
    }

    /** How many images there are of which verdict. */
    String summary() {
        return Numbers.of(images, "image") + ": " + (images - attacked - unknown) + " clean, " + attacked
                + " attacked, "
                + unknown + " unknown."
                + (sections.size() < images ? " Shown are the first " + sections.size() + "." : "");
    }

    /** The images that are shown, as HTML. */
    List<String> sections() {
        return sections;
    }
}
