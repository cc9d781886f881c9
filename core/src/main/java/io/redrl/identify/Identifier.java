package io.redrl.identify;

import io.redrl.attack.AttackClass;
import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import io.redrl.calibration.Prediction;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageFormat;
import io.redrl.image.ImageShape;
import io.redrl.image.ImageSource;
import io.redrl.image.LargeImagePolicy;
import io.redrl.image.Tiling;
import io.redrl.recognition.Recogniser;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Identifies attacks in images alone: {@code try (Identifier id = Identifier.open(folder)) { id.identify(image); }}.
 *
 * <p>Images of the size that the recogniser learnt from are judged and repaired in batches. Of others, pieces are judged (see
 * {@link LargeImagePolicy}) and the whole is repaired. Models are loaded when they are first needed. Not safe for several threads at once; LibTorch
 * uses all of the process's threads by itself. Closing it frees its native memory.
 */
public final class Identifier implements AutoCloseable {
    /** Pieces that go through the networks at once, and images that are in memory at once. */
    private static final int BATCH = 64;

    /** No further image is read to be judged with others that have so many pixels together. */
    private static final int ENOUGH_PIXELS = 16 << 20;

    /** Of images in results, where they are very large. */
    private static final int LONGEST_SIDE_SHOWN = 1024;

    private final IdentifySettings settings;
    private final Recogniser recogniser;
    private final ImageShape size;
    private final Repair repair;
    private final VictimProbe victim;

    private Identifier(IdentifyModels models, IdentifySettings settings, Recogniser recogniser) {
        this.settings = settings;
        this.recogniser = recogniser;
        this.size =
                new ImageShape(3, recogniser.card().height(), recogniser.card().width());
        this.repair = new Repair(recogniser, models.reconstructor());
        this.victim = new VictimProbe(models.victim(), models.statistics(), models.victimSettings());
    }

    /**
     * Opens what lies in a folder, with the default settings.
     *
     * @param folder see {@link IdentifyModels#in}; in a clone {@code models/identify}
     * @return to be closed by the caller
     * @throws RedrlException if there is no recogniser, or a file of it does not fit
     */
    public static Identifier open(Path folder) {
        return open(IdentifyModels.in(folder), IdentifySettings.DEFAULTS);
    }

    /**
     * Opens models.
     *
     * @return to be closed by the caller
     * @throws RedrlException if a file of the recogniser is missing or does not fit, or it needs the clean image
     */
    public static Identifier open(IdentifyModels models, IdentifySettings settings) {
        Recogniser recogniser = Recogniser.load(models.recogniser());
        if (recogniser.spec().input().needsClean()) {
            recogniser.close();
            throw new RedrlException(models.recogniser()
                    + " is an oracle: it needs the image as it was before the attack." + " Name another recogniser.");
        }
        return new Identifier(models, settings, recogniser);
    }

    /** The name of the recogniser that judges. */
    public String recogniser() {
        return recogniser.spec().name();
    }

    /** The size of images that it learnt from. */
    public ImageShape size() {
        return size;
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
        Iterator<Identification> found = identify(readable).iterator();
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
        List<Tiling> tilings = new ArrayList<>();
        List<Piece> pieces = new ArrayList<>();
        for (Subject subject : subjects) {
            Tiling tiling = Tiling.of(subject.file().image(), size, settings.largeImages(), settings.mostTiles());
            tilings.add(tiling);
            tiling.tiles().forEach(tile -> pieces.add(new Piece(tile.image(), tiling.isOfRightSize())));
        }
        List<Prediction> predictions = new ArrayList<>();
        for (int from = 0; from < pieces.size(); from += BATCH) {
            predictions.addAll(judge(pieces.subList(from, Math.min(pieces.size(), from + BATCH))));
        }
        List<Looked> looked = new ArrayList<>();
        int first = 0;
        for (int i = 0; i < subjects.size(); i++) {
            Tiling tiling = tilings.get(i);
            int next = first + tiling.tiles().size();
            looked.add(
                    looked(subjects.get(i), tiling, pieces.get(first), TileVotes.of(predictions.subList(first, next))));
            first = next;
        }
        List<Identification.Victim> answers = settings.details()
                ? victim.ask(
                        looked.stream().map(Looked::shown).toList(),
                        looked.stream().map(Looked::repaired).toList(),
                        settings.depth() == IdentifySettings.Depth.SALIENCY)
                : List.of();
        List<Identification> results = new ArrayList<>();
        for (int i = 0; i < looked.size(); i++) {
            results.add(result(looked.get(i), answers.isEmpty() ? Optional.empty() : Optional.of(answers.get(i))));
        }
        return results;
    }

    /**
     * Predictions for a batch of pieces; where details are wanted, those of them that are whole images are repaired. If the judge's own G
     * repairs, it has to see all of them anyway.
     */
    private List<Prediction> judge(List<Piece> batch) {
        return Scopes.valued(() -> {
            Tensor images = pixels(batch);
            Tensor own = settings.details() && repair.isJudges() ? repair.of(images) : null;
            List<Prediction> predictions = recogniser.judge(images, own);
            List<Piece> whole = batch.stream().filter(piece -> piece.whole).toList();
            if (own != null) {
                keep(batch, own);
            } else if (settings.details() && repair.isPossible() && !whole.isEmpty()) {
                keep(whole, repair.of(pixels(whole)));
            }
            return predictions;
        });
    }

    private static Tensor pixels(List<Piece> pieces) {
        return Tensors.pixels(pieces.stream().map(piece -> piece.image).toList());
    }

    private static void keep(List<Piece> pieces, Tensor repaired) {
        List<Image> images = Tensors.images(repaired);
        for (int i = 0; i < pieces.size(); i++) {
            pieces.get(i).repaired = images.get(i);
        }
    }

    private Looked looked(Subject subject, Tiling tiling, Piece piece, TileVotes votes) {
        Image image = piece.whole ? piece.image : subject.file().image();
        Image repaired = null;
        if (settings.details()) {
            repaired = piece.whole ? piece.repaired : repair.of(image);
        }
        Image shown =
                image.height() * (long) image.width() <= Repair.MOST_PIXELS ? image : image.within(LONGEST_SIDE_SHOWN);
        return new Looked(subject, tiling, votes, image, shown, Optional.ofNullable(repaired));
    }

    private Identification result(Looked looked, Optional<Identification.Victim> answer) {
        Image image = looked.image();
        Prediction prediction = looked.votes().prediction();
        Optional<Box> box = Optional.empty();
        Optional<Double> epsilon = Optional.empty();
        if (settings.details() && (prediction.unknown() || prediction.best() != AttackClass.CLEAN)) {
            ChromaResidual noise = ChromaResidual.of(image);
            if (prediction.unknown() || prediction.best() == AttackClass.PATCH) {
                double least = prediction.unknown() ? PatchLocator.SHARE_OF_ITSELF : PatchLocator.SHARE_OF_A_PATCH;
                box = PatchLocator.best(noise).filter(found -> found.share() >= least);
            }
            if (!prediction.unknown()) {
                epsilon = EpsilonEstimate.of(noise, prediction.best(), box.orElse(null));
            }
        }
        Double most = epsilon.orElse(null);
        Box where = box.orElse(null);
        Tiling tiling = looked.tiling();
        ImageShape shape = looked.subject().file().image().shape();
        List<String> remarks = Remarks.of(
                looked.subject().file(),
                size,
                tiling,
                looked.votes(),
                settings.details() && looked.repaired().isEmpty() && repair.isPossible());
        answer.map(Identification.Victim::input)
                .filter(input -> !input.equals(looked.shown().shape()))
                .ifPresent(input ->
                        remarks.add("the victim looked at it scaled to " + input.width() + "×" + input.height()));
        remarks.addAll(victim.remarks());
        return new Identification(
                        looked.subject().name(),
                        shape,
                        new Identification.Reading(
                                tiling.kind(),
                                tiling.tiles().size(),
                                tiling.inAll(),
                                looked.votes().agreeing()),
                        prediction,
                        looked.shown(),
                        looked.repaired(),
                        looked.repaired().map(repaired -> Residual.of(image, repaired, most, where, settings.gain())),
                        box.map(found -> found.from(image.shape(), shape)),
                        epsilon,
                        answer,
                        remarks)
                .shown(looked.subject().file().orientation());
    }

    /** An image to be identified. */
    private record Subject(String name, ImageCodec.Decoded file) {
        static Subject read(Path file) {
            return new Subject(file.toString(), ImageCodec.read(file));
        }
    }

    /** What the recogniser looks at. */
    private static final class Piece {
        private final Image image;
        private final boolean whole;
        private @Nullable Image repaired;

        /** @param whole whether it is an image as it is or scaled, and not a part of something larger */
        Piece(Image image, boolean whole) {
            this.image = image;
            this.whole = whole;
        }
    }

    /**
     * An image once the recogniser has looked at it.
     *
     * @param image as it was looked at: scaled if it was to be
     * @param shown the same, scaled down if it is very large
     * @param repaired G(image)
     */
    private record Looked(
            Subject subject, Tiling tiling, TileVotes votes, Image image, Image shown, Optional<Image> repaired) {}

    @Override
    public void close() {
        repair.close();
        victim.close();
        recogniser.close();
    }
}
