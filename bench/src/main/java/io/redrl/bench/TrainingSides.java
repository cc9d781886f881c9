package io.redrl.bench;

import com.sun.management.OperatingSystemMXBean;
import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.StoredImage;
import io.redrl.attack.AttackClass;
import io.redrl.attack.Outcome;
import io.redrl.attack.Storage;
import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.model.FeatureExtractor;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.recognition.TrainingStep;
import io.redrl.tensor.Lanes;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import java.util.function.ToDoubleFunction;

/**
 * The ways to train, side by side on the same examples: the plain step with all threads and in lanes of one thread, ours in lanes
 * of one thread in float32 and, where the processor has instructions for it, in bfloat16. A lane is a training of its own.
 */
final class TrainingSides implements AutoCloseable {
    /** Clean images of a training. */
    private static final int IMAGES = 48;

    private static final String PLAIN = "plain ";
    private static final int LEVELS = 8;

    private final List<Side> sides = new ArrayList<>();
    private final List<Runnable> closings = new ArrayList<>();
    private final int batch;
    private double preparationSecondsPerImage;

    /** One way: a step of every training that runs at once. */
    private record Side(String name, List<IntConsumer> trainings) {}

    /** What a turn took. */
    record Took(String side, int images, double seconds, double cpuSeconds) {
        double perSecond() {
            return images / seconds;
        }

        double perCpuSecond() {
            return images / cpuSeconds;
        }
    }

    /**
     * Medians over turns.
     *
     * @param ratio of images in a second to those of the faster plain side in the same turn
     * @param cpuRatio the same per second of processor time, to the plain side that needs less
     */
    record Summary(
            String side, double imagesPerSecond, double cpuMillisecondsPerImage, double ratio, double cpuRatio) {}

    /**
     * Makes every training.
     *
     * @param features F of ours, which the caller closes
     * @param featureWeights of the plain F: the same
     * @param frozen whether the plain F records no gradients of its parameters
     */
    TrainingSides(
            RecogniserSpec spec,
            ImageDataset data,
            Subject phi,
            FeatureExtractor features,
            Path featureWeights,
            boolean frozen) {
        batch = spec.training().batch();
        List<AdversarialExample> rows = rows(data);
        double rate = 1e-4;
        int lanes = Lanes.count();
        List<IntConsumer> plain = new ArrayList<>();
        TrainingStep examples = null;
        for (Precision precision : Precision.fastest() == Precision.BF16
                ? List.of(Precision.FP32, Precision.BF16)
                : List.of(Precision.FP32)) {
            List<IntConsumer> ours = new ArrayList<>();
            for (int lane = 0; lane < lanes; lane++) {
                long start = System.nanoTime();
                TrainingStep steps = TrainingStep.of(
                        spec.withTraining(spec.training().withPrecision(precision)), rows, data, phi.ours(), features);
                closings.add(steps::close);
                preparationSecondsPerImage = (System.nanoTime() - start) / 1e9 / IMAGES;
                examples = examples == null ? steps : examples;
                ours.add(steps::run);
            }
            sides.add(new Side("ours " + (precision == Precision.BF16 ? "bfloat16" : "float32"), ours));
        }
        TrainingStep same = Objects.requireNonNull(examples);
        for (int lane = 0; lane < lanes; lane++) {
            PlainRedrlStep step = new PlainRedrlStep(spec, phi.plain(), featureWeights, rate, frozen);
            closings.add(step::close);
            plain.add(turn -> Scopes.run(() -> step.run(same.batch(turn))));
        }
        sides.add(0, new Side(PLAIN + "in lanes", plain));
        if (lanes > 1) {
            sides.add(0, new Side(PLAIN + "all threads", plain.subList(0, 1)));
        }
    }

    /** Every image in all six classes, attacked by noise: a step costs the same whatever the pixels are. */
    static List<AdversarialExample> rows(ImageDataset data) {
        List<AdversarialExample> rows = new ArrayList<>();
        for (int index = 0; index < IMAGES; index++) {
            for (AttackClass attack : AttackClass.values()) {
                boolean clean = attack == AttackClass.CLEAN;
                byte[] pixels = data.pixels(index);
                SplittableRandom random =
                        new Seed(1).child(attack.id()).child(index).random();
                for (int i = 0; i < pixels.length && !clean; i++) {
                    int level = (pixels[i] & 0xff) + random.nextInt(-LEVELS, LEVELS + 1);
                    pixels[i] = (byte) Math.max(0, Math.min(255, level));
                }
                rows.add(new AdversarialExample(
                        index,
                        data.label(index),
                        attack.id(),
                        clean ? "none" : "noise",
                        "{}",
                        new Outcome(-1, -1, -1, !clean, !clean, LEVELS / 255.0, 1),
                        StoredImage.of(data.shape().height(), data.shape().width(), Storage.UINT8, pixels)));
            }
        }
        return rows;
    }

    /** One step of every side. */
    List<Took> turn(int number) {
        List<Took> took = new ArrayList<>();
        for (Side side : sides) {
            long start = System.nanoTime();
            long cpu = cpuNanos();
            if (side.trainings().size() == 1) {
                side.trainings().get(0).accept(number);
            } else {
                Lanes.map(side.trainings().stream()
                        .map(training -> (Callable<Integer>) () -> {
                            training.accept(number);
                            return number;
                        })
                        .toList());
            }
            took.add(new Took(
                    side.name(),
                    batch * side.trainings().size(),
                    (System.nanoTime() - start) / 1e9,
                    (cpuNanos() - cpu) / 1e9));
        }
        return took;
    }

    private static long cpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    /** What turns of the same sides come to. */
    static List<Summary> summaries(List<List<Took>> turns) {
        List<Summary> summaries = new ArrayList<>();
        for (int side = 0; side < turns.get(0).size(); side++) {
            int at = side;
            summaries.add(new Summary(
                    turns.get(0).get(at).side(),
                    median(turns, turn -> turn.get(at).perSecond()),
                    median(turns, turn -> 1e3 / turn.get(at).perCpuSecond()),
                    median(turns, turn -> turn.get(at).perSecond() / plain(turn, Took::perSecond)),
                    median(turns, turn -> turn.get(at).perCpuSecond() / plain(turn, Took::perCpuSecond))));
        }
        return summaries;
    }

    private static double plain(List<Took> turn, ToDoubleFunction<Took> rate) {
        return turn.stream()
                .filter(took -> took.side().startsWith(PLAIN))
                .mapToDouble(rate)
                .max()
                .orElseThrow();
    }

    private static double median(List<List<Took>> turns, ToDoubleFunction<List<Took>> of) {
        return Medians.of(turns.stream().mapToDouble(of).toArray());
    }

    /** What the frozen networks took for each clean image before training began; wall-clock time. */
    double preparationSecondsPerImage() {
        return preparationSecondsPerImage;
    }

    @Override
    public void close() {
        closings.forEach(Runnable::run);
    }
}
