package io.redrl.bench;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.Seed;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.evaluation.RunEnvironment;
import io.redrl.model.FeatureExtractor;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.tensor.Lanes;
import io.redrl.tensor.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.global.torch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code redrl-bench training}. */
@Command(
        name = "training",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        description =
                "Measure a training step of REDRL against the one that one would write without this project: float32, NCHW,"
                        + " batch norm of frozen networks not folded, their parameters recording gradients, F and Φ run on"
                        + " the clean images in every step. The published sizes: G of 23 blocks of 64 channels, Ψ a"
                        + " ResNet18 on 64×64, F three blocks of VGG16, Φ a ResNet50; CIFAR-10 test images, random weights.",
        footer = {
            "",
            "Writes training.csv (every step) and manifest.json. Leave the machine alone meanwhile, or read the ratio of"
                    + " processor seconds.",
            "Example: REDRL_THREADS=1 ./redrl-bench training --batch 24 --repeats 5 --out bench"
        })
final class TrainingCommand implements Runnable {
    @Option(names = "--batch", paramLabel = "N", description = "Images in a step. Default: ${DEFAULT-VALUE}.")
    private int batch = 24;

    @Option(
            names = "--repeats",
            paramLabel = "N",
            description = "Steps of each side, turn by turn; medians are compared. Default: ${DEFAULT-VALUE}.")
    private int repeats = 5;

    @Option(names = "--phi", paramLabel = "NAME", description = "Default: ${DEFAULT-VALUE}.")
    private String phi = "resnet50";

    @Option(names = "--compact", description = "G and Ψ in the sizes for a CPU; F and Φ stay.")
    private boolean compact;

    @Option(
            names = "--plain-frozen",
            description =
                    "The plain F and Φ record no gradients of their parameters, which their user may have thought of.")
    private boolean plainFrozen;

    @Option(names = "--seed", paramLabel = "N", description = "Of random weights. Default: ${DEFAULT-VALUE}.")
    private long seed = 7;

    @Option(names = "--out", paramLabel = "DIR", description = "Default: ${DEFAULT-VALUE}.")
    private Path out = Path.of("runs", "bench");

    /** What is written beside the numbers. */
    record Manifest(
            RunEnvironment environment,
            int threads,
            int batch,
            int repeats,
            String phi,
            boolean plainFrozen,
            RecogniserSpec spec,
            double preparationSecondsPerImage,
            List<TrainingSides.Summary> sides) {}

    @Override
    public void run() {
        Checks.positive("repeats", repeats);
        ImageDataset data = Datasets.open("cifar10", Split.TEST);
        RecogniserSpec preset = compact ? RecogniserSpec.compact() : RecogniserSpec.paper();
        RecogniserSpec spec =
                preset.withTraining(preset.training().withPaired(false).withSteps(1_000_000, batch));
        Path weights = temporary();
        PlainRedrlStep.writeFeatures(weights, new Seed(seed).child("features"));
        try (Subject subject = Subject.random(phi, new Seed(seed), data, plainFrozen);
                FeatureExtractor features = FeatureExtractor.load(weights);
                TrainingSides sides = new TrainingSides(spec, data, subject, features, weights, plainFrozen)) {
            measure(sides, spec);
        } finally {
            TemporaryFiles.delete(weights);
        }
    }

    private void measure(TrainingSides sides, RecogniserSpec spec) {
        sides.turn(0); // compiled code, memory
        List<List<TrainingSides.Took>> turns = new ArrayList<>();
        StringBuilder csv = new StringBuilder("turn,side,images,seconds,cpu_seconds\n");
        for (int turn = 1; turn <= repeats; turn++) {
            List<TrainingSides.Took> took = sides.turn(turn);
            turns.add(took);
            for (TrainingSides.Took one : took) {
                csv.append(String.format(
                        Locale.ROOT,
                        "%d,%s,%d,%.4f,%.4f%n",
                        turn,
                        one.side(),
                        one.images(),
                        one.seconds(),
                        one.cpuSeconds()));
            }
        }
        List<TrainingSides.Summary> summaries = TrainingSides.summaries(turns);
        System.out.printf(
                "%-24s %10s %14s %16s %20s%n",
                "side", "images/s", "CPU ms/image", "times the plain", "in processor time");
        for (TrainingSides.Summary side : summaries) {
            System.out.printf(
                    Locale.ROOT,
                    "%-24s %10.2f %14.1f %16.2f %20.2f%n",
                    side.side(),
                    side.imagesPerSecond(),
                    side.cpuMillisecondsPerImage(),
                    side.ratio(),
                    side.cpuRatio());
        }
        System.out.printf(
                Locale.ROOT,
                "Ours also spends %.1f ms on each clean image, once.%n",
                1e3 * sides.preparationSecondsPerImage());
        AtomicFiles.writeString(out.resolve("training.csv"), csv.toString());
        Json.write(
                out.resolve("manifest.json"),
                new Manifest(
                        RunEnvironment.here(Path.of(System.getProperty("redrl.root", ".")), "cpu"),
                        torch.get_num_threads(),
                        batch,
                        repeats,
                        phi,
                        plainFrozen,
                        spec,
                        sides.preparationSecondsPerImage(),
                        summaries));
        System.out.println("Written to " + out + " (" + Lanes.count() + " lanes, bfloat16 "
                + (Precision.fastest() == Precision.BF16 ? "has" : "lacks") + " instructions of its own here)");
    }

    private static Path temporary() {
        try {
            return Files.createTempFile("features", ".safetensors");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
