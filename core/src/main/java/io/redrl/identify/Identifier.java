package io.redrl.identify;

import io.redrl.attack.AttackClass;
import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import io.redrl.calibration.Prediction;
import io.redrl.evaluation.ClassNames;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageFormat;
import io.redrl.image.ImageShape;
import io.redrl.image.LargeImagePolicy;
import io.redrl.image.Tiling;
import io.redrl.recognition.Recogniser;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        this.victim = new VictimProbe(models.victim(), models.statistics());
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
     * Identifies files; one that cannot be read does not keep the others back. The outcomes hold pictures: ask {@link #identifyNext} where
     * there may be many.
     *
     * @return one outcome for each file, in their order
     */
    public List<Outcome> identifyAll(List<Path> files) {
        List<Outcome> outcomes = new ArrayList<>();
        while (outcomes.size() < files.size()) {
            outcomes.addAll(identifyNext(files.subList(outcomes.size(), files.size())));
        }
        return outcomes;
    }

    /**
     * Identifies the first of some files: as many as are read and judged together, which is fewer where images are large, so that their
     * pixels fit into memory.
     *
     * @param files at least one
     * @return one outcome for each file of the first ones, in their order; at least one
     */
    public List<Outcome> identifyNext(List<Path> files) {
        List<Subject> readable = new ArrayList<>();
        List<Optional<String>> failures = new ArrayList<>();
        long pixels = 0;
        for (int i = 0; i < Math.min(files.size(), BATCH) && pixels < ENOUGH_PIXELS; i++) {
            try {
                Subject subject = Subject.read(files.get(i));
                pixels += subject.file().image().height()
                        * (long) subject.file().image().width();
                readable.add(subject);
                failures.add(Optional.empty());
            } catch (RedrlException e) {
                failures.add(Optional.of(String.valueOf(e.getMessage())));
            }
        }
        List<Identification> found = identify(readable);
        List<Outcome> outcomes = new ArrayList<>();
        int next = 0;
        for (int i = 0; i < failures.size(); i++) {
            boolean read = failures.get(i).isEmpty();
            outcomes.add(new Outcome(
                    files.get(i), read ? Optional.of(found.get(next++)) : Optional.empty(), failures.get(i)));
        }
        return outcomes;
    }

    private List<Identification> identify(List<Subject> subjects) {
        List<Tiling> tilings = new ArrayList<>();
        List<Piece> pieces = new ArrayList<>();
        for (Subject subject : subjects) {
            Tiling tiling = Tiling.of(subject.file().image(), size, settings.fit(), settings.mostTiles());
            tilings.add(tiling);
            tiling.tiles().forEach(tile -> pieces.add(new Piece(tile.image(), tiling.isOfRightSize())));
        }
        List<Prediction> judgements = new ArrayList<>();
        for (int from = 0; from < pieces.size(); from += BATCH) {
            judgements.addAll(judge(pieces.subList(from, Math.min(pieces.size(), from + BATCH))));
        }
        List<Identification> results = new ArrayList<>();
        int first = 0;
        for (int i = 0; i < subjects.size(); i++) {
            Tiling tiling = tilings.get(i);
            int count = tiling.tiles().size();
            TileVotes votes = TileVotes.of(judgements.subList(first, first + count));
            results.add(result(subjects.get(i), tiling, votes, pieces.get(first).repaired));
            first += count;
        }
        return settings.details() ? victim.heard(results, settings) : results;
    }

    /**
     * Judges a batch, and where the details are wanted repairs those of it that are to be shown. If the judge's own G repairs, it has to
     * see all of them anyway.
     */
    private List<Prediction> judge(List<Piece> batch) {
        return Scopes.valued(() -> {
            Tensor images = Tensors.pixels(images(batch));
            Tensor own = settings.details() && repair.isJudges() ? repair.of(images) : null;
            List<Prediction> judgements = recogniser.judge(images, own);
            List<Piece> shown = batch.stream().filter(Piece::isShown).toList();
            if (own != null) {
                keep(batch, own);
            } else if (settings.details() && repair.isPossible() && !shown.isEmpty()) {
                keep(shown, repair.of(Tensors.pixels(images(shown))));
            }
            return judgements;
        });
    }

    private static List<Image> images(List<Piece> pieces) {
        return pieces.stream().map(piece -> piece.image).toList();
    }

    private static void keep(List<Piece> pieces, Tensor repaired) {
        List<Image> images = Tensors.images(repaired);
        for (int i = 0; i < pieces.size(); i++) {
            pieces.get(i).repaired = images.get(i);
        }
    }

    private Identification result(Subject subject, Tiling tiling, TileVotes votes, @Nullable Image repairedPiece) {
        ImageShape shape = subject.file().image().shape();
        // What was looked at: of a scaled image the only piece.
        Image image = tiling.isOfRightSize()
                ? tiling.tiles().get(0).image()
                : subject.file().image();
        Image repaired = null;
        if (settings.details()) {
            repaired = tiling.isOfRightSize() ? repairedPiece : repair.of(image);
        }
        Optional<Box> box = Optional.empty();
        Optional<Double> epsilon = Optional.empty();
        boolean unknown = votes.verdict().equals(Identification.UNKNOWN);
        if (settings.details() && !votes.verdict().equals(AttackClass.CLEAN.id())) {
            ChromaResidual noise = ChromaResidual.of(image);
            boolean patch = votes.verdict().equals(AttackClass.PATCH.id());
            if (patch || unknown) {
                double least = patch ? PatchLocator.SHARE_OF_A_PATCH : PatchLocator.SHARE_OF_ITSELF;
                box = PatchLocator.best(noise).filter(found -> found.share() >= least);
            }
            epsilon = unknown
                    ? Optional.empty()
                    : EpsilonEstimate.of(noise, AttackClass.of(votes.verdict()), box.orElse(null));
        }
        Residual residual =
                repaired == null ? null : Residual.of(image, repaired, epsilon.orElse(null), box.orElse(null));
        Map<String, Double> probabilities = new LinkedHashMap<>();
        List<String> ids = ClassNames.ids();
        for (int k = 0; k < ids.size(); k++) {
            probabilities.put(ids.get(k), votes.probabilities().get(k));
        }
        return new Identification(
                subject.name(),
                shape.height(),
                shape.width(),
                new Reading(tiling.reading(), tiling.tiles().size(), tiling.inAll(), votes.agreeing()),
                votes.verdict(),
                probabilities,
                votes.unknownScore(),
                Optional.ofNullable(residual).map(Residual::norms),
                box.map(found -> found.from(image.shape(), shape)),
                epsilon,
                Optional.empty(),
                Optional.empty(),
                Remarks.of(
                        subject.file(),
                        size,
                        tiling,
                        votes,
                        settings.details() && repaired == null && repair.isPossible()),
                Repair.pictures(image, repaired, residual, settings.gain()));
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
        private final boolean shown;
        private @Nullable Image repaired;

        /** @param shown whether it is shown as it is, and not as a part of something larger */
        Piece(Image image, boolean shown) {
            this.image = image;
            this.shown = shown;
        }

        boolean isShown() {
            return shown;
        }
    }

    @Override
    public void close() {
        repair.close();
        victim.close();
        recogniser.close();
    }
}
