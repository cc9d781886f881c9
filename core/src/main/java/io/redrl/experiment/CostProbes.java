package io.redrl.experiment;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.AdversarialSet;
import io.redrl.attack.AttackBatch;
import io.redrl.attack.AttackRunner;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.Storage;
import io.redrl.base.Progress;
import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.features.VictimFeatureTable;
import io.redrl.model.Classifier;
import io.redrl.saliency.FilterSaliency;
import io.redrl.saliency.FilterStatistics;
import io.redrl.saliency.StatisticsBuilder;
import io.redrl.tensor.Lanes;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * What the stages of a rehearsal do not show: what a step of each attack costs, apart from what is done once per image; saliency,
 * for which hardly an image of a rehearsal qualifies; and asking victims, which several threads share.
 *
 * @param attacks time per image as a line over the steps, by victim and attack
 * @param saliency images per second, by victim
 * @param evidence images per second that all victims are asked about; absent if no recogniser asks
 */
record CostProbes(Map<String, Line> attacks, Map<String, Double> saliency, Optional<Double> evidence) {
    private static final int IMAGES = 2;
    private static final int FEW = 1;
    private static final int MORE = 3;
    /** Images that saliency takes at once, at most. */
    private static final int BLOCK = 32;

    /**
     * Seconds per image: {@code once + steps · each}, on one lane.
     *
     * @param once whatever the steps
     * @param each per step
     */
    record Line(double once, double each) {
        double seconds(int steps) {
            return once + steps * each;
        }
    }

    /** Where {@link #attacks} has an attack on a victim. */
    static String key(String victim, String attack) {
        return victim + "/" + attack;
    }

    /**
     * Measures victims of a rehearsal on its first images, which are attacked against the victims' own verdicts.
     *
     * @param folder of the rehearsal's run
     */
    static CostProbes measure(
            ExperimentSpec few,
            Map<String, Classifier> victims,
            ImageDataset data,
            Path folder,
            WorkClock clock,
            Progress progress) {
        Map<String, AttackSpec> attacks = new LinkedHashMap<>();
        Stream.concat(
                        few.attacks().stream(),
                        few.recognisers().outliers().stream().flatMap(List::stream))
                .forEach(attack -> attacks.putIfAbsent(attack.id(), attack));
        List<String> keys = new ArrayList<>();
        List<Callable<Line>> work = new ArrayList<>();
        Map<String, Double> saliency = new LinkedHashMap<>();
        try (Progress.Task task = progress.start(
                "timing attacks and saliency", (long) victims.size() * (attacks.size() + 1), "timings")) {
            victims.forEach((name, victim) -> attacks.forEach((id, attack) -> {
                keys.add(key(name, id));
                work.add(() -> {
                    progress.checkStopped();
                    Line line = line(attack, victim, data, clock);
                    task.advance(1);
                    return line;
                });
            }));
            List<Line> lines = Lanes.map(work);
            Map<String, Line> byKey = new LinkedHashMap<>();
            IntStream.range(0, keys.size()).forEach(i -> byKey.put(keys.get(i), lines.get(i)));
            victims.forEach((name, victim) -> {
                progress.checkStopped();
                saliency.put(
                        name,
                        saliencyRate(
                                few,
                                victim,
                                data,
                                folder.resolve("saliency-of-all/statistics-" + name + ".json"),
                                clock,
                                progress));
                task.advance(1);
            });
            return new CostProbes(byKey, saliency, evidenceRate(few, victims, folder, clock));
        }
    }

    private static Optional<Double> evidenceRate(
            ExperimentSpec few, Map<String, Classifier> victims, Path folder, WorkClock clock) {
        if (few.recogniserSpecs().stream().allMatch(r -> r.victimFeatures().isEmpty())) {
            return Optional.empty();
        }
        List<AdversarialExample> rows =
                AdversarialSet.open(folder.resolve("sets/train/set")).examples();
        Path file = folder.resolve("evidence/timed.safetensors");
        List<Classifier> asked = List.copyOf(victims.values());
        VictimFeatureTable.write(rows, asked, file, Progress.silent()); // pays for memory and kernels
        WorkClock.Moment start = clock.now();
        VictimFeatureTable.write(rows, asked, file, Progress.silent());
        return Optional.of(rows.size() / clock.since(start));
    }

    private static Line line(AttackSpec attack, Classifier victim, ImageDataset data, WorkClock clock) {
        AttackSpec shortest = DryRun.withSteps(attack, FEW);
        seconds(shortest, victim, data, clock); // pays for memory and kernels
        double one = seconds(shortest, victim, data, clock);
        if (DryRun.steps(shortest) == DryRun.steps(attack)) {
            return new Line(one, 0);
        }
        double more = seconds(attack.with("steps", MORE), victim, data, clock);
        double each = Math.max(0, more - one) / (MORE - FEW);
        return new Line(Math.max(0, one - FEW * each), each);
    }

    private static double seconds(AttackSpec attack, Classifier victim, ImageDataset data, WorkClock clock) {
        int count = Math.min(IMAGES, data.size());
        return Scopes.valued(() -> {
            Tensor images = images(data, count);
            long[] ids = LongStream.range(0, count).toArray();
            AttackBatch batch = new AttackBatch(images, victim.predict(images), ids, new Seed(1));
            WorkClock.Moment start = clock.now();
            AttackRunner.run(attack, victim, batch, Storage.FLOAT32);
            return clock.since(start) / count;
        });
    }

    /** A batch as the stage takes it, split over the lanes by saliency itself. */
    private static double saliencyRate(
            ExperimentSpec few,
            Classifier victim,
            ImageDataset data,
            Path statisticsFile,
            WorkClock clock,
            Progress progress) {
        FilterSaliency filters = FilterSaliency.of(victim);
        int count = data.size();
        return Scopes.valued(() -> {
            Tensor images = images(data, count);
            long[] labels = data.labels(IntStream.range(0, count).toArray());
            filters.of(images, labels, few.saliency().megabytes());
            WorkClock.Moment start = clock.now();
            filters.of(images, labels, few.saliency().megabytes());
            double rate = count / clock.since(start);
            // Not timed: the rest of the stage, for which no image of the rehearsal may have qualified.
            int[] indices = IntStream.range(0, Math.min(count, BLOCK)).toArray();
            FilterStatistics statistics = StatisticsBuilder.build(
                    filters, data, indices, few.saliency().megabytes(), statisticsFile, progress);
            few.saliency().inputSaliency().maps(filters, statistics, images.narrow(0, 0, 1), Arrays.copyOf(labels, 1));
            return rate;
        });
    }

    private static Tensor images(ImageDataset data, int count) {
        return Tensors.pixels(data.images(IntStream.range(0, count).toArray()));
    }
}
