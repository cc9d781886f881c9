package io.redrl.report;

import io.redrl.base.AtomicFiles;
import io.redrl.evaluation.ClassNames;
import io.redrl.identify.Box;
import io.redrl.identify.Identification;
import io.redrl.image.Image;
import io.redrl.saliency.ImageSaliency;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

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
    private static final int LONGEST_SIDE = 320;

    private final List<String> sections = new ArrayList<>();
    private long characters;
    private int images;
    private int attacked;
    private int unknown;

    /** Adds an image; beyond the first 500 or 32 million characters they are only counted. Keeps no more of it than the page shows. */
    public void add(Identification image) {
        images++;
        attacked += image.outcome() == Identification.Outcome.ATTACKED ? 1 : 0;
        unknown += image.outcome() == Identification.Outcome.UNKNOWN ? 1 : 0;
        if (sections.size() < MOST && characters < MOST_CHARACTERS) {
            String section = section(image);
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
    String text() {
        Html html = new Html();
        html.open("html", "lang", "en").open("head");
        html.empty("meta", "charset", "utf-8");
        html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.empty(
                "meta",
                "http-equiv",
                "Content-Security-Policy",
                "content",
                "default-src 'none'; img-src data:; style-src 'unsafe-inline'");
        html.element("title", "redrl identify");
        html.open("style")
                .markup(HtmlReport.resource("report.css"))
                .markup(HtmlReport.resource("identify.css"))
                .close()
                .close();
        html.open("body").open("header");
        html.element("p", "redrl · identify", "class", "kicker");
        html.element("h1", "Which attack made this image?");
        html.element(
                "p",
                images + (images == 1 ? " image: " : " images: ") + (images - attacked - unknown) + " clean, "
                        + attacked + " attacked, " + unknown + " unknown."
                        + (sections.size() < images ? " Shown are the first " + sections.size() + "." : ""),
                "class",
                "lead");
        html.close().open("main");
        sections.forEach(html::markup);
        html.close();
        html.element(
                "footer",
                "The perturbation is the image minus what the reconstructor makes of it: also what that blurs. The victim"
                        + " need not be the one that was attacked.");
        html.close().close();
        return "<!DOCTYPE html>\n" + html + "\n";
    }

    private static String section(Identification image) {
        Html html = new Html();
        html.open("section", "class", "identified");
        html.open("h2").text(image.fileName()).close();
        html.element(
                "p",
                verdict(image),
                "class",
                "verdict " + image.outcome().name().toLowerCase(Locale.ROOT));
        pictures(html, image);
        bars(html, image);
        facts(html, image);
        if (!image.remarks().isEmpty()) {
            html.open("ul", "class", "remarks");
            image.remarks().forEach(remark -> html.element("li", remark));
            html.close();
        }
        return html.close().toString();
    }

    private static String verdict(Identification image) {
        return image.confidence()
                .map(sure -> ClassNames.label(image.verdict()) + ", " + Numbers.percentSign(sure))
                .orElseGet(() -> "Unknown (nearest: " + ClassNames.label(image.nearest()) + ")");
    }

    private static void pictures(Html html, Identification image) {
        html.open("div", "class", "pictures");
        picture(
                html,
                "the image",
                image.image().within(LONGEST_SIDE),
                image.shape().width(),
                image.shape().height(),
                image.box());
        image.residual().ifPresent(r -> picture(html, "perturbation, magnified", r.magnified()));
        image.repaired().ifPresent(p -> picture(html, "repaired", p));
        image.victim()
                .flatMap(Identification.Victim::saliency)
                .ifPresent(s -> picture(html, "pixels that speak to the victim", s.overlay()));
        html.close();
    }

    private static void picture(Html html, String title, Image picture) {
        Image shown = picture.within(LONGEST_SIDE);
        picture(html, title, shown, shown.width(), shown.height(), Optional.empty());
    }

    /** A picture at the size of what it shows, in whose pixels the box is, too. */
    private static void picture(Html html, String title, Image picture, int width, int height, Optional<Box> box) {
        String size = "0 0 " + width + " " + height;
        html.open("figure").open("svg", "viewBox", size, "width", "160", "role", "img", "aria-label", title);
        html.empty(
                "image",
                "href",
                Png.dataUri(picture),
                "width",
                Integer.toString(width),
                "height",
                Integer.toString(height),
                "preserveAspectRatio",
                "none");
        box.ifPresent(b -> html.empty(
                "rect",
                "class",
                "box",
                "x",
                Integer.toString(b.left()),
                "y",
                Integer.toString(b.top()),
                "width",
                Integer.toString(b.width()),
                "height",
                Integer.toString(b.height())));
        html.close().element("figcaption", title).close();
    }

    private static void bars(Html html, Identification image) {
        html.open("table", "class", "bars").open("tbody");
        image.probabilities().forEach((attack, probability) -> {
            html.open("tr")
                    .element("th", ClassNames.label(attack), "scope", "row")
                    .open("td");
            html.open(
                            "span",
                            "class",
                            "bar",
                            "style",
                            String.format(Locale.ROOT, "width:%.1fpx", 1 + 150 * probability))
                    .close();
            html.text(" " + Numbers.percentSign(probability)).close().close();
        });
        html.close().close();
    }

    private static void facts(Html html, Identification image) {
        html.open("dl");
        fact(
                html,
                "size",
                image.shape().width() + "×" + image.shape().height() + ", read "
                        + image.reading().how().name().toLowerCase(Locale.ROOT));
        image.residual()
                .ifPresent(p -> fact(
                        html,
                        "estimated perturbation",
                        "L∞ " + Numbers.greyLevels(p.linf()) + ", L2 " + Numbers.fixed(p.l2(), 2)));
        image.epsilon().ifPresent(e -> fact(html, "estimated ε", Numbers.greyLevels(e)));
        image.box()
                .ifPresent(b -> fact(
                        html,
                        "where",
                        b.width() + "×" + b.height() + " pixels at column " + b.left() + ", row " + b.top()));
        image.victim().ifPresent(view -> {
            fact(html, "victim " + view.name() + " says", said(view.before()));
            view.after().ifPresent(after -> fact(html, "of the repaired image", said(after)));
        });
        image.victim()
                .flatMap(Identification.Victim::saliency)
                .ifPresent(targets -> fact(
                        html,
                        "filters it targets",
                        String.join(
                                ", ",
                                targets.filters().stream()
                                        .map(IdentificationPage::filter)
                                        .toList())));
        html.close();
    }

    private static String filter(ImageSaliency.Filter filter) {
        return filter.layer() + "/" + filter.filter() + " (" + Numbers.fixed(filter.standardised(), 1) + "σ)";
    }

    private static String said(Identification.VictimPrediction said) {
        return said.name() + ", " + Numbers.percentSign(said.probability());
    }

    private static void fact(Html html, String name, String text) {
        html.element("dt", name).element("dd", text);
    }
}
