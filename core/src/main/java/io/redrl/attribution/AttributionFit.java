package io.redrl.attribution;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.AttackRunner;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.Outcome;
import io.redrl.attack.PgdSpec;
import io.redrl.attack.SquareSpec;
import io.redrl.attack.Storage;
import io.redrl.attack.Target;
import io.redrl.base.AtomicFiles;
import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.base.Fingerprint;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.Reason;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.base.StoppedException;
import io.redrl.calibration.OodScore;
import io.redrl.data.Split;
import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * The fit of a model of attribution to somebody's own images and victim: worlds are made of them, a model is trained on, calibrated on
 * images that it did not learn from, and measured beside the one that it began with on others again. Stopped or killed, the same call goes
 * on and ends with the same files.
 */
public final class AttributionFit {
    /** What a model was fitted to, in its folder. */
    static final String CLAIM = "_fit.json";

    /** The {@link FitReport}. */
    static final String REPORT = "fit.json";

    private static final String CARD_FOR_PEOPLE = "README.md";

    /** Worlds and checkpoint, as long as they are needed. */
    private static final String WORK = "work";

    private static final String LEARN = "learn";

    private static final int GROUP = 8;
    private static final int PICTURES = 14;
    private static final int VERSIONS = 4;
    private static final double AVERAGING = 0.99;
    private static final int LARGEST_SIDE = 1024;
    private static final int LARGEST_CROP = 96;
    private static final int TRIED = 32;

    /** Share of the pictures to learn from that are processed before the attack, so that what the model knows of histories stays. */
    private static final double PROCESSED = 0.2;

    /**
     * How often each algorithm's turn comes: families about equally often, and the seldomer the more an attack costs. One search for the
     * smallest c takes as long as a hundred attacks in one step.
     */
    private static final Map<Algorithm, Integer> TURNS = turns();

    private final FitImages images;
    private final Classifier victim;
    private final Path start;
    private final FitSettings settings;
    private final Path folder;
    private final Path work;
    private final Progress progress;

    private AttributionFit(
            FitImages images, Classifier victim, Path start, FitSettings settings, Path folder, Progress progress) {
        this.images = images;
        this.victim = victim;
        this.start = start;
        this.settings = settings;
        this.folder = folder;
        this.work = folder.resolve(WORK);
        this.progress = progress;
    }

    private static Map<Algorithm, Integer> turns() {
        Map<Algorithm, Integer> turns = new EnumMap<>(Algorithm.class);
        for (Algorithm algorithm : Algorithm.values()) {
            turns.put(algorithm, algorithm == Algorithm.CLEAN ? 0 : 1);
        }
        turns.putAll(Map.of(
                Algorithm.PGD, 2,
                Algorithm.DEEPFOOL_LINF, 2,
                Algorithm.PGD_L2, 3,
                Algorithm.CW_L2, 2,
                Algorithm.DEEPFOOL, 2,
                Algorithm.PATCH_BOUNDED, 2,
                Algorithm.SQUARE, 2));
        return turns;
    }

    /**
     * Fits a model.
     *
     * @param images of the victim's size
     * @param victim stays open
     * @param start the folder of the model to begin with
     * @param folder of the model; absent, empty or begun by the same call
     * @return how good it is
     * @throws RedrlException if images, victim, start and folder do not fit together or no attack fools the victim: then nothing is
     *     written; or if a file cannot be written
     * @throws StoppedException if {@code progress} asks to stop; what is done is kept
     */
    public static FitReport fit(
            FitImages images, Classifier victim, Path start, FitSettings settings, Path folder, Progress progress) {
        return new AttributionFit(images, victim, start, settings, folder, progress).fit();
    }

    /**
     * Refuses, before any other work, a place where no model can be written.
     *
     * @throws RedrlException if there is something else, or no permission
     */
    public static void requirePlace(Path folder) {
        if (Files.isRegularFile(folder.resolve(CLAIM))) {
            return;
        }
        Path there = folder.toAbsolutePath().normalize();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        Checks.require(Files.isDirectory(there), "%s is no folder: choose another one for the model", there);
        Checks.require(Files.isWritable(there), "There is no permission to write in %s", there);
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                Checks.require(
                        files.allMatch(file -> file.getFileName().toString().endsWith(".partial")),
                        "%s holds other files: choose an empty or a new folder for the model",
                        folder);
            } catch (IOException e) {
                throw new RedrlException("Could not list " + folder + ": " + Reason.of(e), e);
            }
        }
    }

    /** The model's settings; refuses a folder without a model. */
    private AttributionSettings checkedStart() {
        try (AttributionModel model = AttributionModel.open(start)) {
            return model.card().settings();
        }
    }

    private FitReport fit() {
        requirePlace(folder);
        requireSize();
        AttributionSettings known = checkedStart();
        Fingerprint claim = Fingerprint.of(new Claim(
                images.data().checksum(),
                List.of(images.learn(), images.calibrate(), images.heldOut()),
                victim.checksum(),
                Checksums.of(start.resolve(AttributionTrainer.WEIGHTS)),
                Checksums.of(start.resolve(AttributionModel.CARD)),
                settings));
        Path file = folder.resolve(CLAIM);
        if (Files.isRegularFile(file)) {
            claim.requireSame(Json.read(file, Fingerprint.class), folder);
            if (Files.isRegularFile(folder.resolve(AttributionModel.CARD))) {
                progress.say(folder + " is finished already: nothing to do");
                remove(work);
                return Json.read(folder.resolve(REPORT), FitReport.class);
            }
            return made(known);
        }
        requireFooled();
        List<Path> absent = absent();
        try {
            Json.write(file, claim);
            return made(known);
        } catch (StoppedException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            if (!anythingDone()) {
                clear(file, absent);
            }
            throw e;
        }
    }

    private record Claim(
            String images,
            List<List<Integer>> parts,
            String victim,
            String startWeights,
            String startCard,
            FitSettings settings) {}

    private void requireSize() {
        ImageShape shape = images.data().shape();
        Checks.require(
                victim.input().equals(shape),
                "Victim %s takes images of %s, but those of %s are %s: have them scaled (--resize), or use a victim trained"
                        + " on this size",
                victim.id(),
                victim.input(),
                images.data().id(),
                shape);
        int shorter = Math.min(shape.height(), shape.width());
        int longer = Math.max(shape.height(), shape.width());
        Checks.require(
                shape.channels() == 3 && shorter >= AttributionModel.LEAST_SIDE && longer <= LARGEST_SIDE,
                "A model can be fitted to colour images of %d to %d pixels a side, got %s",
                AttributionModel.LEAST_SIDE,
                LARGEST_SIDE,
                shape);
    }

    /** Refuses a victim that answers some images the same whatever is done to them. */
    private void requireFooled() {
        List<Integer> some =
                images.learn().subList(0, Math.min(TRIED, images.learn().size()));
        List<AttackSpec> attacks = List.of(
                new PgdSpec(16 / 255.0, 4 / 255.0, 10, true), new SquareSpec(16 / 255.0, 200, 0.3, Target.NONE));
        int most = attacks.size() * some.size();
        int tried = 0;
        try (Progress.Task task = progress.start("trying to fool the victim", most, "images")) {
            for (AttackSpec attack : attacks) {
                for (int from = 0; from < some.size(); from += GROUP) {
                    progress.checkStopped();
                    int[] group = some.subList(from, Math.min(some.size(), from + GROUP)).stream()
                            .mapToInt(index -> index)
                            .toArray();
                    boolean fooled = Scopes.valued(() -> {
                        Tensor pixels = Tensors.pixels(images.data().images(group));
                        AttackBatch batch = new AttackBatch(
                                pixels,
                                victim.predict(pixels),
                                IntStream.range(0, group.length)
                                        .mapToLong(i -> i)
                                        .toArray(),
                                new Seed(settings.seed()));
                        return AttackRunner.run(attack, victim, batch, Storage.UINT8, Precision.FP32)
                                .outcomes()
                                .stream()
                                .anyMatch(Outcome::success8bit);
                    });
                    if (fooled) {
                        task.advance(most - tried);
                        return;
                    }
                    tried += group.length;
                    task.advance(group.length);
                }
            }
        }
        throw new RedrlException("No attack fools victim " + victim.id() + ": of " + some.size()
                + " images neither PGD nor Square with an epsilon of 16/255 changed what it answers to one. There is nothing to"
                + " learn from it; is it given pixels as it was trained with (--input-size, --mean, --std, --output)?");
    }

    private FitReport made(AttributionSettings known) {
        ImageShape shape = images.data().shape();
        int attacks = settings.attacks(images.size(), shape);
        progress.say(String.format(
                "%d images: %d to learn from, %d to calibrate on, %d held out; %d attacks on %s each",
                images.size(),
                images.learn().size(),
                images.calibrate().size(),
                images.heldOut().size(),
                attacks,
                victim.id()));
        Path learn = world(WorldSpec.Role.FIT, images.learn(), attacks);
        Path calibrate = world(WorldSpec.Role.CALIBRATE, images.calibrate(), attacks);
        Path heldOut = world(WorldSpec.Role.TEST, images.heldOut(), attacks);
        AttributionSettings own = new AttributionSettings(
                known.width(),
                known.depth(),
                settings.steps(),
                PICTURES,
                VERSIONS,
                settings.rate(),
                known.weightDecay(),
                AVERAGING,
                Math.min(LARGEST_CROP, Math.min(shape.height(), shape.width()) / 2 * 2), // the map is of half the size
                Precision.FP32,
                settings.seed());
        Path model = work.resolve("model");
        AttributionTrainer.train(List.of(learn), own, Optional.of(start), model, progress);
        AttributionCalibrator.calibrate(model, own, List.of(learn), List.of(calibrate), List.of(heldOut), progress);
        FitReport report = measured(model, heldOut, attacks);
        Json.write(folder.resolve(REPORT), report);
        AtomicFiles.writeString(folder.resolve(CARD_FOR_PEOPLE), report.card());
        for (String file : List.of(AttributionTrainer.WEIGHTS, OodScore.FILE, AttributionModel.CARD)) {
            AtomicFiles.write(folder.resolve(file), out -> Files.copy(model.resolve(file), out));
        }
        remove(work);
        return report;
    }

    private Path world(WorldSpec.Role role, List<Integer> indices, int attacks) {
        String name = role == WorldSpec.Role.FIT ? LEARN : role == WorldSpec.Role.CALIBRATE ? "calibrate" : "held-out";
        String what = role == WorldSpec.Role.TEST ? "held-out images" : "images to " + name;
        ImageShape shape = images.data().shape();
        List<Algorithm> algorithms = new ArrayList<>();
        TURNS.forEach((algorithm, turns) -> IntStream.range(0, turns).forEach(i -> algorithms.add(algorithm)));
        WorldSpec spec = new WorldSpec(
                name,
                role,
                images.data().checksum(),
                Split.TRAIN,
                indices.stream().map(String::valueOf).collect(Collectors.joining(",")),
                false,
                indices.size(),
                List.of(Math.min(shape.height(), shape.width())),
                role == WorldSpec.Role.FIT ? PROCESSED : 0,
                0,
                attacks,
                GROUP,
                List.of(victim.id()),
                algorithms);
        Path world = work.resolve(name);
        WorldMaker.make(spec, new Seed(settings.seed()), images.data(), victim, world, "attacking " + what, progress);
        return world;
    }

    private FitReport measured(Path model, Path heldOut, int attacks) {
        List<FitReport.Both> results = new ArrayList<>();
        double[] before = {};
        double[] after = {};
        for (AttributionCalibrator.After history : AttributionCalibrator.After.values()) {
            List<WorldResult.Judged> first = AttributionCalibrator.judged(start, heldOut, history, progress);
            List<WorldResult.Judged> second = AttributionCalibrator.judged(model, heldOut, history, progress);
            String name = heldOut.getFileName() + " " + history;
            results.add(new FitReport.Both(history, WorldResult.of(name, first), WorldResult.of(name, second)));
            if (history == AttributionCalibrator.After.PNG) {
                before = FitReport.balanced(first);
                after = FitReport.balanced(second);
            }
        }
        return new FitReport(
                images.data().id(),
                images.learn().size(),
                images.calibrate().size(),
                images.heldOut().size(),
                attacks,
                victim.id(),
                FitReport.mean(before),
                FitReport.mean(after),
                FitReport.difference(before, after),
                results);
    }

    /** The model's folder and those above that are not there yet, the innermost first. */
    private List<Path> absent() {
        List<Path> absent = new ArrayList<>();
        for (Path each = folder.toAbsolutePath().normalize();
                each != null && !Files.exists(each);
                each = each.getParent()) {
            absent.add(each);
        }
        return absent;
    }

    private boolean anythingDone() {
        Path learn = work.resolve(LEARN);
        return Files.isDirectory(learn) && !WorldMaker.shards(learn).isEmpty();
    }

    private void clear(Path claim, List<Path> absent) {
        remove(work);
        try {
            Files.deleteIfExists(claim);
            for (Path each : absent) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            // What refused the work is the message that counts; somebody may have begun to use the folder.
        }
    }

    private static void remove(Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path each : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new RedrlException("Could not remove " + folder + ": " + Reason.of(e), e);
        }
    }
}
