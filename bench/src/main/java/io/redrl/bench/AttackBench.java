package io.redrl.bench;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.AttackClass;
import io.redrl.attack.AttackSpec;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.model.Victims;
import io.redrl.tensor.Lanes;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Runs every attack on both sides, turn by turn, so that a machine that changes its speed changes it for both. */
final class AttackBench {
    /** The attacks that take every image forward and back in every step, so that operations can be counted. */
    private static final Set<String> STEADY = Set.of(AttackClass.PGD.id(), AttackClass.PATCH.id());

    private static final int WARM_UP_STEPS = 2;
    private static final int LOOKED_AT = 250;

    private final Settings settings;
    private final ImageDataset images;
    private final Consumer<String> say;
    private final Map<Precision, Double> peak = new EnumMap<>(Precision.class);

    /**
     * @param images to attack: those that a trained model gets right, from the first on
     * @param say where progress goes, a line at a time
     */
    AttackBench(Settings settings, ImageDataset images, Consumer<String> say) {
        this.settings = settings;
        this.images = images;
        this.say = say;
    }

    /** The best GFLOP/s of a convolution so far. */
    Map<Precision, Double> peak() {
        return Map.copyOf(peak);
    }

    /** Measures again, since one try may meet a busy moment; the best counts. */
    void measurePeak() {
        for (Precision precision : settings.precisions()) {
            ScalarType type = precision == Precision.BF16 ? ScalarType.BFloat16 : ScalarType.Float;
            peak.merge(precision, Flops.peak(type), Math::max);
        }
        peak.computeIfAbsent(Precision.FP32, p -> Flops.peak(ScalarType.Float));
    }

    /**
     * All attacks in all sizes of batch on one model.
     *
     * @param done gets the rows of each attack when it is measured
     */
    void measure(Subject subject, Consumer<List<Row>> done) {
        Victims.requireFits(subject.ours(), images);
        long flops = Flops.forward(subject.plain(), images.shape());
        for (int batch : settings.batches()) {
            int count = (Math.max(batch, settings.images()) + batch - 1) / batch * batch;
            Scopes.run(() -> {
                List<AttackBatch> batches = batches(subject, batch, count);
                for (String attack : settings.attacks()) {
                    done.accept(measure(subject, settings.spec(attack), batches, 2.0 * flops));
                }
            });
        }
    }

    /** {@code count} images in batches; joins the caller's scope. */
    List<AttackBatch> batches(Subject subject, int size, int count) {
        List<Integer> chosen = new ArrayList<>();
        List<Long> labels = new ArrayList<>();
        for (int from = 0; chosen.size() < count && from < images.size(); from += LOOKED_AT) {
            int[] some = IntStream.range(from, Math.min(from + LOOKED_AT, images.size()))
                    .toArray();
            long[] verdict = Scopes.valued(() -> subject.plain().predict(pixels(some)));
            for (int i = 0; i < some.length && chosen.size() < count; i++) {
                if (!subject.trained() || verdict[i] == images.label(some[i])) {
                    chosen.add(some[i]);
                    labels.add(verdict[i]);
                }
            }
        }
        Checks.require(
                chosen.size() == count,
                "%s gets only %d of %d images right; %d were asked for",
                subject.name(),
                chosen.size(),
                images.size(),
                count);
        List<AttackBatch> batches = new ArrayList<>();
        for (int from = 0; from < count; from += size) {
            int[] ids = chosen.subList(from, from + size).stream()
                    .mapToInt(Integer::intValue)
                    .toArray();
            batches.add(new AttackBatch(
                    pixels(ids),
                    labels.subList(from, from + size).stream()
                            .mapToLong(Long::longValue)
                            .toArray(),
                    IntStream.of(ids).asLongStream().toArray(),
                    new Seed(settings.seed())));
        }
        return batches;
    }

    private Tensor pixels(int[] indices) {
        return Tensors.pixels(images.images(indices));
    }

    /** The first {@code count} images of the batches. */
    private static List<AttackBatch> first(List<AttackBatch> batches, int count) {
        List<AttackBatch> some = new ArrayList<>();
        int left = count;
        for (AttackBatch batch : batches) {
            if (left > 0) {
                some.add(left >= batch.size() ? batch : Run.part(batch, 0, left));
                left -= batch.size();
            }
        }
        return some;
    }

    /**
     * One attack on one model in one size of batch.
     *
     * @param count images in all
     * @param plainSteps steps that the plain loop is run for
     * @param plainCount images that it is run for
     * @param lanes parts of a batch that run side by side on our side
     * @param flops of forward and input gradient of one image
     */
    private record Case(
            Subject subject,
            AttackSpec spec,
            List<AttackBatch> batches,
            int count,
            int plainSteps,
            int plainCount,
            int lanes,
            double flops) {
        int batch() {
            return batches.get(0).size();
        }

        int steps() {
            return Settings.stepsOf(spec);
        }

        /** What the plain loop's seconds are multiplied with. */
        double scale() {
            return (steps() == 0 ? 1 : steps() / (double) plainSteps) * count / plainCount;
        }

        /** Whether the plain loop's images are as good as it can make them. */
        boolean comparable() {
            return plainSteps == steps();
        }
    }

    /** One attack on both sides: the plain row, then ours in each precision. */
    private List<Row> measure(Subject subject, AttackSpec spec, List<AttackBatch> batches, double flops) {
        int count = batches.stream().mapToInt(AttackBatch::size).sum();
        boolean split = settings.lanes() && batches.get(0).size() >= 2 * Lanes.count();
        Case c = new Case(
                subject,
                spec,
                batches,
                count,
                settings.plainSteps(spec, subject.small()),
                settings.plainImages(spec, subject.small(), count),
                split ? Lanes.count() : 1,
                flops);
        List<Precision> precisions = settings.precisions().stream()
                .filter(p -> p == Precision.FP32 || subject.ours().hasLowPrecision())
                .toList();
        PlainAttack plain =
                PlainAttack.of(c.comparable() ? spec : spec.with("steps", c.plainSteps()), settings.authorsAbort());
        List<AttackBatch> plainBatches = first(batches, c.plainCount());

        warmUp(c, precisions);
        List<Run> plainRuns = new ArrayList<>();
        Map<Precision, List<Run>> ourRuns = new EnumMap<>(Precision.class);
        precisions.forEach(p -> ourRuns.put(p, new ArrayList<>()));
        for (int repeat = 0; repeat < settings.repeats(); repeat++) {
            plainRuns.add(Run.plain(plain, subject.plain(), plainBatches));
            ourRuns.forEach(
                    (precision, runs) -> runs.add(Run.ours(spec, subject.ours(), batches, precision, c.lanes() > 1)));
            say.accept(String.format(
                    Locale.ROOT,
                    "%s, %s, batch %d, turn %d of %d",
                    subject.name(),
                    spec.id(),
                    c.batch(),
                    repeat + 1,
                    settings.repeats()));
        }

        List<Row> rows = new ArrayList<>();
        rows.add(row(c, false, Precision.FP32, plainRuns, plainRuns));
        ourRuns.forEach((precision, runs) -> rows.add(row(c, true, precision, runs, plainRuns)));
        return rows;
    }

    /** A few images and steps of everything that comes, so that code is compiled and bfloat16 weights are made. */
    private void warmUp(Case c, List<Precision> precisions) {
        List<AttackBatch> one = first(c.batches(), Math.min(c.batch(), 2 * c.lanes()));
        AttackSpec few = c.spec().with("steps", WARM_UP_STEPS);
        Run.plain(PlainAttack.of(few, false), c.subject().plain(), first(one, 1));
        precisions.forEach(p -> Run.ours(few, c.subject().ours(), one, p, c.lanes() > 1));
    }

    private Row row(Case c, boolean ours, Precision precision, List<Run> runs, List<Run> plainRuns) {
        double scale = ours ? 1 : c.scale();
        List<Double> repeats = runs.stream().map(run -> run.seconds() * scale).toList();
        double seconds = median(runs) * scale;
        double cpu = medianCpu(runs) * scale;
        Run first = runs.get(0).first(c.plainCount());
        Run reference = plainRuns.get(0);
        boolean known = ours || c.comparable();
        boolean steady = STEADY.contains(c.spec().id()) && c.flops() > 0;
        double gflops = steady ? c.flops() * c.steps() * c.count() / seconds / 1e9 : Double.NaN;
        return new Row(
                c.subject().name(),
                c.subject().trained() ? "trained" : "random",
                c.spec().id(),
                c.batch(),
                ours ? "ours" : "plain",
                precision.name().toLowerCase(Locale.ROOT),
                torch.get_num_threads(),
                ours ? c.lanes() : 1,
                ours ? c.steps() : c.plainSteps(),
                c.steps(),
                ours ? c.count() : c.plainCount(),
                c.count(),
                repeats,
                cpu,
                medianCpu(plainRuns) * c.scale() / cpu,
                median(plainRuns) * c.scale() / seconds,
                known ? first.success() : Double.NaN,
                c.comparable() ? 100 * (first.success() - reference.success()) : Double.NaN,
                known ? first.medianL2() : Double.NaN,
                c.comparable() ? 100 * (first.medianL2() / reference.medianL2() - 1) : Double.NaN,
                known ? first.medianLinf() : Double.NaN,
                gflops,
                gflops / peak.getOrDefault(precision, Double.NaN),
                Json.line(c.spec()));
    }

    private static double median(List<Run> runs) {
        return Medians.of(runs.stream().mapToDouble(Run::seconds).toArray());
    }

    private static double medianCpu(List<Run> runs) {
        return Medians.of(runs.stream().mapToDouble(Run::cpuSeconds).toArray());
    }
}
