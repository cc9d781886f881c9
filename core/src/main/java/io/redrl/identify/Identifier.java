package io.redrl.identify;

import io.redrl.attribution.Suspects;
import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import io.redrl.data.RedrlHome;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageFormat;
import io.redrl.image.ImageSource;
import io.redrl.image.LargeImagePolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Identifies attacks in images alone: {@code try (Identifier id = Identifier.open(folder)) { id.identify(image); }}.
 *
 * <p>Who judges is a {@linkplain io.redrl.attribution.AttributionModel model of attribution}, for images of any size, or a recogniser
 * of the paper's six classes, for images of one (see {@link LargeImagePolicy} for others). Models are loaded when they are first needed. Not safe for several threads at once; LibTorch
 * uses all of the process's threads by itself. Closing it frees its native memory.
 */
public final class Identifier implements AutoCloseable {
    /** Images that are in memory at once. */
    private static final int BATCH = 64;

    /** No further image is read to be judged with others that have so many pixels together. */
    private static final int ENOUGH_PIXELS = 16 << 20;

    /** Of images in results, where they are very large. */
    private static final int LONGEST_SIDE_SHOWN = 1024;

    private final IdentifySettings settings;
    private final Judge judge;
    private final Repair repair;
    private final VictimProbe victim;
    private final boolean attributes;
    private final boolean tellsSaliency;

    private Identifier(IdentifyModels models, IdentifySettings settings) {
        this.settings = settings;
        this.judge = models.attributes()
                ? new AttributionJudge(
                        models.judge(),
                        Suspects.open(models.suspects(), RedrlHome.path().resolve("models"), models.victimSettings()))
                : new RecogniserJudge(models.judge(), settings, models.suspects());
        this.repair = new Repair(models.reconstructor());
        this.victim = new VictimProbe(models);
        this.attributes = models.attributes();
        this.tellsSaliency = models.victim().isPresent() && models.statistics().isPresent();
    }

    /**
     * Opens what lies in a folder, with the default settings.
     *
     * @param folder see {@link IdentifyModels#in}; in a clone {@code models/identify}
     * @return to be closed by the caller
     * @throws RedrlException if there is no judge, or a file of it does not fit
     */
    public static Identifier open(Path folder) {
        return open(IdentifyModels.in(folder), IdentifySettings.DEFAULTS);
    }

    /**
     * Opens models.
     *
     * @return to be closed by the caller
     * @throws RedrlException if a file of the judge is missing or does not fit, or it needs the clean image
     */
    public static Identifier open(IdentifyModels models, IdentifySettings settings) {
        return new Identifier(models, settings);
    }

    /** The name of the model that judges. */
    public String judge() {
        return judge.name();
    }

    /** What its user should know of every verdict, such as how often it is wrong, in a sentence each. */
    public List<String> remarks() {
        return judge.remarks();
    }

    /** Whether it can be told which share of images its user expects to be attacked. */
    public boolean takesPrior() {
        return attributes;
    }

    /** Whether there is a victim, and statistics of it, to tell the filters and pixels that an image targets. */
    public boolean tellsSaliency() {
        return tellsSaliency;
    }

    /**
     * Identifies a file.
     *
     * @throws RedrlException if it is no image that can be read
     */
    public Identification identify(Path file) {
        return identify(List.of(Subject.read(file))).get(0);
    }

    /**
     * Identifies an image.
     *
     * @param image of three channels
     * @param name names the image in the result
     */
    public Identification identify(Image image, String name) {
        Checks.require(image.shape().channels() == 3, "%s: 3 channels are needed, got %s", name, image.shape());
        // As good as a PNG: nothing was lost.
        return identify(List.of(new Subject(name, new ImageCodec.Decoded(image, ImageFormat.PNG, List.of()))))
                .get(0);
    }

    /**
     * Identifies files; one that cannot be read does not keep the others back. The results hold images: ask {@link #identifyNext} where
     * there may be many.
     *
     * @return one result for each file, in their order
     */
    public List<IdentifiedFile> identifyAll(List<Path> files) {
        List<IdentifiedFile> results = new ArrayList<>();
        while (results.size() < files.size()) {
            results.addAll(identifyNext(files.subList(results.size(), files.size())));
        }
        return results;
    }

    /**
     * Identifies the first of some files: as many as are read and judged together, which is fewer where images are large, so that their
     * pixels fit into memory.
     *
     * @param files at least one
     * @return one result for each file of the first ones, in their order; at least one
     */
    public List<IdentifiedFile> identifyNext(List<Path> files) {
        return identifyNextOf(files.stream().map(ImageSource::of).toList());
    }

    /** The same for images that need not be files. Their names stand for files in the results. */
    public List<IdentifiedFile> identifyNextOf(List<ImageSource> files) {
        return identifyNextOf(files, settings);
    }

    /**
     * The same with other settings than those that this was opened with.
     *
     * @throws RedrlException if the judge knows no prior or no other classes, and the settings have some
     */
    public List<IdentifiedFile> identifyNextOf(List<ImageSource> files, IdentifySettings own) {
        List<Subject> readable = new ArrayList<>();
        List<Optional<String>> failures = new ArrayList<>();
        long pixels = 0;
        for (int i = 0; i < Math.min(files.size(), BATCH) && pixels < ENOUGH_PIXELS; i++) {
            try {
                Subject subject = new Subject(files.get(i).name(), files.get(i).read());
                pixels += subject.file().image().height()
                        * (long) subject.file().image().width();
                readable.add(subject);
                failures.add(Optional.empty());
            } catch (RedrlException e) {
                failures.add(Optional.of(String.valueOf(e.getMessage())));
            }
        }
        Iterator<Identification> found = identify(readable, own).iterator();
        List<IdentifiedFile> results = new ArrayList<>();
        for (int i = 0; i < failures.size(); i++) {
            Optional<String> failure = failures.get(i);
            results.add(new IdentifiedFile(
                    Path.of(files.get(i).name()),
                    failure.isPresent() ? Optional.empty() : Optional.of(found.next()),
                    failure));
        }
        return results;
    }

    private List<Identification> identify(List<Subject> subjects) {
        return identify(subjects, settings);
    }

    private List<Identification> identify(List<Subject> subjects, IdentifySettings own) {
        List<Image> images =
                subjects.stream().map(subject -> subject.file().image()).toList();
        List<Judge.Judgement> judgements = judge.judge(images, own);
        List<Optional<Image>> repaired =
                own.details() ? repair.of(images) : Collections.nCopies(images.size(), Optional.empty());
        List<Image> shown = images.stream()
                .map(image -> image.height() * (long) image.width() <= Repair.MOST_PIXELS
                        ? image
                        : image.within(LONGEST_SIDE_SHOWN))
                .toList();
        List<Optional<Identification.Victim>> answers = own.details()
                ? victim.ask(shown, repaired, own.depth() == IdentifySettings.Depth.SALIENCY)
                : Collections.nCopies(images.size(), Optional.empty());
        List<Identification> results = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            results.add(result(subjects.get(i), judgements.get(i), shown.get(i), repaired.get(i), answers.get(i), own));
        }
        return results;
    }

    private Identification result(
            Subject subject,
            Judge.Judgement found,
            Image shown,
            Optional<Image> repaired,
            Optional<Identification.Victim> answer,
            IdentifySettings own) {
        Image image = subject.file().image();
        List<String> remarks = new ArrayList<>(found.remarks());
        remarks.addAll(Remarks.of(subject.file()));
        if (own.details() && repair.isPossible() && repaired.isEmpty()) {
            remarks.add("too large to be repaired: cut out the part that matters, or scale it");
        }
        answer.map(Identification.Victim::input)
                .filter(input -> !input.equals(shown.shape()))
                .ifPresent(input ->
                        remarks.add("the victim looked at it scaled to " + input.width() + "×" + input.height()));
        remarks.addAll(victim.remarks());
        Double most = found.epsilon().orElse(null);
        Box where = found.box().orElse(null);
        return new Identification(
                        subject.name(),
                        image.shape(),
                        found.reading(),
                        found.verdict(),
                        shown,
                        repaired,
                        repaired.map(clean -> Residual.of(image, clean, most, where, own.gain())),
                        found.box(),
                        found.epsilon(),
                        found.strength(),
                        answer,
                        found.suspects(),
                        remarks)
                .shown(subject.file().orientation());
    }

    /** An image to be identified. */
    private record Subject(String name, ImageCodec.Decoded file) {
        static Subject read(Path file) {
            return new Subject(file.toString(), ImageCodec.read(file));
        }
    }

    @Override
    public void close() {
        repair.close();
        victim.close();
        judge.close();
    }
}
