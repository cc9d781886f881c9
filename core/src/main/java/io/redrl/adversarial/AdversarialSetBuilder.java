package io.redrl.adversarial;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.AttackClass;
import io.redrl.attack.AttackOutcome;
import io.redrl.attack.AttackRunner;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.Storage;
import io.redrl.base.AtomicFiles;
import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.base.StoppedException;
import io.redrl.data.ImageDataset;
import io.redrl.model.Classifier;
import io.redrl.tensor.Lanes;
import io.redrl.tensor.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The builder of adversarial sets. Every file is complete or absent, so work that was stopped or killed goes on when the same
 * call is made again, and ends with the same bytes as work that was not.
 */
public final class AdversarialSetBuilder {
    /** Images attacked at once unless another number is asked for. */
    public static final int BATCH_SIZE = 64;

    private final Runner runner;
    private final Sink sink;
    /** 0 if it depends on the attack. */
    private final int batchSize;

    private final Watch watch;

    /** Attacks batches; {@link AttackRunner#run} outside tests. */
    @FunctionalInterface
    interface Runner {
        AttackOutcome run(AttackSpec spec, Classifier victim, AttackBatch batch, Storage storage, Precision precision);
    }

    /** Writes a finished shard; {@link AtomicFiles} outside tests. */
    @FunctionalInterface
    interface Sink {
        void write(Path target, byte[] content);
    }

    /** Told how long the work took; not part of the set, whose bytes depend on the plan alone. */
    @FunctionalInterface
    public interface Watch {
        /**
         * A batch was attacked. Called from several threads.
         *
         * @param victim its id
         * @param config the attack's settings as one line of JSON
         * @param images how many
         * @param time how long that took; batches may run side by side
         */
        void attacked(String victim, String config, int images, Duration time);
    }

    /** A builder with {@link #BATCH_SIZE}, or less where images are large and an attack takes long. */
    public AdversarialSetBuilder() {
        this(
                AttackRunner::run,
                (target, content) -> AtomicFiles.write(target, out -> out.write(content)),
                0,
                (victim, config, images, time) -> {});
    }

    AdversarialSetBuilder(Runner runner, Sink sink, int batchSize) {
        this(runner, sink, Checks.positive("batch-size", batchSize), (victim, config, images, time) -> {});
    }

    private AdversarialSetBuilder(Runner runner, Sink sink, int batchSize, Watch watch) {
        this.runner = runner;
        this.sink = sink;
        this.batchSize = batchSize;
        this.watch = watch;
    }

    /**
     * A builder that attacks {@code images} images at once, or fewer where a shard is smaller. Memory depends on it;
     * results do not, beyond the last bits of floating-point sums.
     */
    public AdversarialSetBuilder withBatchSize(int images) {
        return new AdversarialSetBuilder(runner, sink, Checks.positive("batch-size", images), watch);
    }

    /** A builder that tells how long the work took. */
    public AdversarialSetBuilder withWatch(Watch other) {
        return new AdversarialSetBuilder(runner, sink, batchSize, other);
    }

    /**
     * Makes the set, or what is still missing of it.
     *
     * @param plan what to make
     * @param dataset the data set that the plan names
     * @param victims at least the plan's victims, by id; they stay open
     * @param folder where; empty, absent, or begun from the same plan, data set and victims
     * @param progress told of every batch and asked whether to stop between two
     * @return the finished set
     * @throws RedrlException before any work if plan, data set, victims and folder do not fit together; later if the
     *     disk is full (what was finished is kept) or a shard was altered
     */
    public AdversarialSet build(
            AdversarialPlan plan,
            ImageDataset dataset,
            Map<String, ? extends Classifier> victims,
            Path folder,
            Progress progress) {
        checkDataset(plan, dataset);
        List<AdversarialManifest.Victim> used = plan.victims().stream()
                .map(id -> checkedVictim(
                        id, victims.get(id), dataset, plan.options().referenceLabel()))
                .toList();
        for (String id : plan.victims()) {
            Classifier victim = Objects.requireNonNull(victims.get(id));
            plan.attacks().forEach(spec -> spec.requireFits(dataset.shape(), victim.classes()));
        }
        FreshFolder fresh = new FreshFolder(folder);
        new Claim(plan, used).on(folder);
        try {
            return made(plan, dataset, victims, used, folder, progress);
        } catch (StoppedException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            fresh.clear();
            throw e;
        }
    }

    private AdversarialSet made(
            AdversarialPlan plan,
            ImageDataset dataset,
            Map<String, ? extends Classifier> victims,
            List<AdversarialManifest.Victim> used,
            Path folder,
            Progress progress) {
        Map<String, String> known = knownChecksums(folder);
        ShardMaker maker = new ShardMaker(plan, dataset, victims, runner);
        List<Done> done;
        List<PlannedShard> planned = shards(plan, folder);
        WorkEstimate.of(plan, planned, folder, dataset, victims).ifPresent(progress::say);
        try (Progress.Task task = progress.start("attacking", plan.size(), "images")) {
            List<Callable<Done>> work = new ArrayList<>();
            for (PlannedShard shard : planned) {
                work.add(() -> shard(shard, folder, known, maker, progress, task));
            }
            // Decided by the plan, not by what is left to do: one thread and several may differ in the last bits.
            done = work.size() == 1
                    ? List.of(shard(planned.get(0), folder, known, maker, progress, task))
                    : Lanes.map(work);
        }
        List<AdversarialManifest.Shard> shards = done.stream().map(Done::shard).toList();
        List<AdversarialExample> rows =
                done.stream().flatMap(each -> each.rows().stream()).toList();
        Json.write(
                folder.resolve(AdversarialSet.MANIFEST),
                new AdversarialManifest(
                        format(folder),
                        plan,
                        dataset.shape(),
                        classNames(plan, dataset, victims),
                        used,
                        rows.size(),
                        shards,
                        AttackSummary.byAttack(rows),
                        AttackSummary.byConfig(rows)));
        return AdversarialSet.open(folder);
    }

    /** The files of a set: under their old names if it was finished in format 2. */
    private static List<PlannedShard> shards(AdversarialPlan plan, Path folder) {
        List<PlannedShard> before = PlannedShard.ofFormat2(plan);
        if (Files.exists(folder.resolve(AdversarialSet.MANIFEST))) {
            String first = AdversarialManifest.read(folder.resolve(AdversarialSet.MANIFEST))
                    .shards()
                    .get(0)
                    .file();
            return first.equals(before.get(0).file()) ? before : PlannedShard.of(plan);
        }
        before.forEach(shard -> Checks.require(
                !Files.exists(folder.resolve(shard.file())),
                "%s holds %s, of a set that an earlier version began and that cannot be gone on with: delete the folder, or"
                        + " name another one",
                folder,
                shard.file()));
        return PlannedShard.of(plan);
    }

    /** Shards of a set that was finished in an older format stay as they are. */
    private static int format(Path folder) {
        Path manifest = folder.resolve(AdversarialSet.MANIFEST);
        return Files.exists(manifest) ? AdversarialManifest.read(manifest).format() : AdversarialManifest.FORMAT;
    }

    private static Optional<List<String>> classNames(
            AdversarialPlan plan, ImageDataset dataset, Map<String, ? extends Classifier> victims) {
        boolean same = plan.victims().stream()
                .allMatch(id -> Objects.requireNonNull(victims.get(id)).classes()
                        == dataset.classNames().size());
        return dataset.labelled() && same ? Optional.of(dataset.classNames()) : Optional.empty();
    }

    /** A finished shard: its entry in the manifest and its rows without pixels. */
    private record Done(AdversarialManifest.Shard shard, List<AdversarialExample> rows) {}

    /** Makes a shard's file unless it is there. */
    private Done shard(
            PlannedShard shard,
            Path folder,
            Map<String, String> known,
            ShardMaker maker,
            Progress progress,
            Progress.Task task) {
        Path file = folder.resolve(shard.file());
        Optional<List<AdversarialExample>> finished = finished(shard, file, known, progress);
        List<AdversarialExample> rows;
        if (finished.isPresent()) {
            rows = finished.get();
            task.advance(shard.indices().size());
        } else {
            BegunShard begun = new BegunShard(shard, file);
            List<AdversarialExample> made = make(shard, begun, maker, progress, task);
            sink.write(file, ParquetShard.encode(made));
            begun.forget();
            rows = made.stream().map(AdversarialExample::withoutPixels).toList();
        }
        return new Done(
                new AdversarialManifest.Shard(
                        shard.file(),
                        shard.victim(),
                        shard.attack(),
                        shard.config(),
                        shard.indices().size(),
                        Checksums.of(file)),
                rows);
    }

    private List<AdversarialExample> make(
            PlannedShard shard, BegunShard begun, ShardMaker maker, Progress progress, Progress.Task task) {
        String what = shard.attack() + (shard.attack().equals(AttackClass.CLEAN.id()) ? "" : " on " + shard.victim());
        task.note(what);
        List<Integer> images = shard.indices();
        List<AdversarialExample> made = new ArrayList<>(begun.rows());
        task.advance(made.size());
        int atOnce = batchSize > 0 ? batchSize : maker.batchSize(shard);
        try {
            while (made.size() < images.size()) {
                progress.checkStopped();
                List<Integer> batch = images.subList(made.size(), Math.min(images.size(), made.size() + atOnce));
                long start = System.nanoTime();
                made.addAll(maker.rows(shard, batch, progress, task, what));
                Duration time = Duration.ofNanos(System.nanoTime() - start);
                watch.attacked(shard.victim(), shard.config(), batch.size(), time);
                task.advance(batch.size());
                if (made.size() < images.size()) {
                    begun.keep(made);
                }
            }
        } catch (StoppedException e) {
            begun.keepNow(made);
            throw e;
        }
        return made;
    }

    /** The rows of a shard that is there already, without pixels; empty if it has to be made. */
    private static Optional<List<AdversarialExample>> finished(
            PlannedShard shard, Path file, Map<String, String> known, Progress progress) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        String recorded = known.get(shard.file());
        if (recorded != null && !recorded.equals(Checksums.of(file))) {
            throw AdversarialSet.altered(file);
        }
        try {
            List<AdversarialExample> rows = ParquetShard.decode(file).stream()
                    .map(AdversarialExample::withoutPixels)
                    .toList();
            if (rows.stream().map(AdversarialExample::index).toList().equals(shard.indices())
                    && rows.stream().allMatch(row -> row.config().equals(shard.config()))) {
                return Optional.of(rows);
            }
            progress.say(file + " does not hold what the plan puts there: making it again");
        } catch (RedrlException e) {
            progress.say(file + " is damaged: making it again");
        }
        return Optional.empty();
    }

    /** The checksums of a set that was finished once, by file; none while it is being made. */
    private static Map<String, String> knownChecksums(Path folder) {
        Map<String, String> known = new HashMap<>();
        Path manifest = folder.resolve(AdversarialSet.MANIFEST);
        if (Files.exists(manifest)) {
            AdversarialManifest.read(manifest).shards().forEach(shard -> known.put(shard.file(), shard.sha256()));
        }
        return known;
    }

    private static void checkDataset(AdversarialPlan plan, ImageDataset dataset) {
        plan.requireDataset(dataset);
        Checks.require(
                dataset.labelled()
                        || plan.attacks().isEmpty()
                        || plan.options().referenceLabel() == ReferenceLabel.PREDICTION,
                "%s has no labels for attacks to move away from: put its images into one folder per class, or attack"
                        + " against the victim's own predictions",
                dataset.id());
        int first = plan.indices().get(0);
        int last = plan.indices().get(plan.indices().size() - 1);
        Checks.require(
                first >= 0 && last < dataset.size(),
                "indices must be in [0, %d], the images of %s; got %d to %d",
                dataset.size() - 1,
                dataset.id(),
                first,
                last);
    }

    private static AdversarialManifest.Victim checkedVictim(
            String id, @Nullable Classifier victim, ImageDataset dataset, ReferenceLabel against) {
        if (victim == null) {
            throw new RedrlException("The plan attacks victim " + id + ", which was not loaded");
        }
        Checks.require(
                against == ReferenceLabel.PREDICTION
                        || victim.classes() == dataset.classNames().size(),
                "Victim %s knows %d classes, but %s has %d: it was trained on another data set. Attacks against its own"
                        + " predictions need no labels",
                id,
                victim.classes(),
                dataset.id(),
                dataset.classNames().size());
        Checks.require(
                victim.input().equals(dataset.shape()),
                "Victim %s takes images of %s, but those of %s are %s: use a victim"
                        + " trained on this size, or have images of your own scaled (--resize of redrl attack)",
                id,
                victim.input(),
                dataset.id(),
                dataset.shape());
        return new AdversarialManifest.Victim(id, victim.checksum());
    }
}
