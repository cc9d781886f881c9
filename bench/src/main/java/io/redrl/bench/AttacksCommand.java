package io.redrl.bench;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.AttackSpec;
import io.redrl.base.AtomicFiles;
import io.redrl.base.Json;
import io.redrl.base.Seed;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.evaluation.RunEnvironment;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code redrl-bench attacks}. */
@Command(
        name = "attacks",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        description = "Measure each attack against the plain loop that one would write without this project: float32,"
                + " NCHW, batch norm not folded, every image in every step, loss.backward(). CIFAR-10 test images"
                + " (./redrl data fetch cifar10 brings them).",
        footer = {
            "",
            "Writes attacks.csv, chart.svg and manifest.json, the CSV after every attack. Leave the machine alone meanwhile.",
            "Example: ./redrl-bench attacks --victims models/resnet20 --models resnet50 --batches 1,16,64,256"
                    + " --repeats 5 --out bench"
        })
final class AttacksCommand implements Runnable {
    private static final List<String> ALL = PlainAttack.attacks();

    @Option(
            names = "--victims",
            split = ",",
            paramLabel = "DIR",
            description = "Trained models, as folders or TorchScript files: times, success and norms.")
    private List<Path> victims = new ArrayList<>();

    @Option(
            names = "--models",
            split = ",",
            paramLabel = "NAME",
            description =
                    "Architectures with random weights: times; their success and norms mean little. Default without"
                            + " --victims: resnet20,resnet50.")
    private List<String> models = new ArrayList<>();

    @Option(
            names = "--attacks",
            split = ",",
            paramLabel = "NAME",
            description = "Default: ${DEFAULT-VALUE}, those with a plain form.")
    private List<String> attacks = ALL;

    @Option(
            names = "--batches",
            split = ",",
            paramLabel = "N",
            description = "Images in a batch. Default: 1,16,64,256.")
    private List<Integer> batches = new ArrayList<>();

    @Option(
            names = "--images",
            paramLabel = "N",
            description = "Attack at least so many, in several batches if need be: for success within half a point.")
    private int images;

    @Option(names = "--repeats", paramLabel = "N", description = "Of each side, turn by turn. Default: 3.")
    private int repeats;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "At most so many on both sides (DeepFool keeps its own). Default: the paper's.")
    private int steps;

    @Option(
            names = "--plain-steps",
            paramLabel = "N",
            description =
                    "Cut plain loops whose steps are all alike after N and scale their time; 0: never. Default: 5 for"
                            + " networks of more than half a million parameters, else never.")
    private int plainSteps = -1;

    @Option(
            names = "--plain-images",
            paramLabel = "N",
            description =
                    "Let the plain DeepFool, which takes one image at a time, attack N and scale its time; 0: all."
                            + " Default: 2 for networks of more than half a million parameters, else all.")
    private int plainImages = -1;

    @Option(
            names = "--plain-frozen",
            description = "The plain network's parameters record no gradients: a more careful plain loop.")
    private boolean plainFrozen;

    @Option(
            names = "--plain-abort",
            description = "The plain CW-L2 gives up as its authors' code does, when the batch's loss no longer falls.")
    private boolean authorsAbort;

    @Option(
            names = "--with",
            split = ",",
            paramLabel = "SETTING",
            description = "Other settings than the paper's, on both sides: cw-l2.abort-after=0,pgd.epsilon=4/255.")
    private Map<String, String> with = new TreeMap<>();

    @Option(
            names = "--lanes",
            paramLabel = "auto|off",
            description =
                    "auto: our side splits a batch of two images per thread or more over lanes of one thread each."
                            + " Default: auto.")
    private Lanes lanes = Lanes.AUTO;

    @Option(
            names = "--precisions",
            split = ",",
            paramLabel = "P",
            description =
                    "Of our side: fp32,bf16. Default: both where the processor computes with bfloat16, else fp32.")
    private List<Precision> precisions =
            Precision.fastest() == Precision.BF16 ? List.of(Precision.FP32, Precision.BF16) : List.of(Precision.FP32);

    @Option(names = "--seed", paramLabel = "N", description = "Of random weights and starts. Default: 7.")
    private long seed = 7;

    @Option(
            names = "--quick",
            description = "Does everything work? One turn, batches of 16, 10 steps; other options still count.")
    private boolean quick;

    @Option(
            names = "--profile",
            description = "Instead of measuring, show where our side's time goes: forward, backward, the rest.")
    private boolean profile;

    @Option(names = "--out", paramLabel = "DIR", description = "Default: runs/bench.")
    private Path out = Path.of("runs", "bench");

    private enum Lanes {
        AUTO,
        OFF
    }

    /**
     * What is written beside the numbers.
     *
     * @param started when
     * @param cores that the process may use
     * @param peakGflops of a 3×3 convolution forward, by precision
     * @param data whose images were attacked
     */
    record Manifest(
            String started,
            RunEnvironment environment,
            int cores,
            Map<String, String> threadSettings,
            Map<Precision, Double> peakGflops,
            String data,
            String dataChecksum,
            Settings settings) {}

    @Override
    public void run() {
        Settings settings = settings();
        String started = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        ImageDataset data = Datasets.open("cifar10", Split.TEST);
        AttackBench bench = new AttackBench(settings, data, System.err::println);
        if (profile) {
            subjects(settings, data).forEach(subject -> profile(settings, bench, subject.get()));
            return;
        }
        bench.measurePeak();
        List<Row> rows = new ArrayList<>();
        subjects(settings, data).forEach(next -> {
            try (Subject subject = next.get()) {
                bench.measure(subject, more -> {
                    rows.addAll(more);
                    AtomicFiles.writeString(out.resolve("attacks.csv"), Row.csv(rows));
                });
            }
            bench.measurePeak();
        });
        AtomicFiles.writeString(out.resolve("chart.svg"), Row.chart(rows));
        Manifest manifest = new Manifest(
                started,
                RunEnvironment.here(Path.of(System.getProperty("redrl.root", ".")), "cpu"),
                Runtime.getRuntime().availableProcessors(),
                threadSettings(),
                bench.peak(),
                data.id(),
                data.checksum(),
                settings);
        Json.write(out.resolve("manifest.json"), manifest);
        System.out.print(Row.table(rows));
        bench.peak()
                .forEach((precision, gflops) ->
                        System.out.printf(Locale.ROOT, "Best convolution in %s: %.0f GFLOP/s%n", precision, gflops));
        System.out.println("Written to " + out);
    }

    private Settings settings() {
        return new Settings(
                models.isEmpty() && victims.isEmpty() ? List.of("resnet20", "resnet50") : models,
                victims.stream().map(Path::toString).toList(),
                attacks,
                !batches.isEmpty() ? batches : quick ? List.of(16) : List.of(1, 16, 64, 256),
                images,
                repeats > 0 ? repeats : quick ? 1 : 3,
                steps > 0 || !quick ? steps : 10,
                plainSteps,
                plainImages,
                plainFrozen,
                authorsAbort,
                with,
                lanes == Lanes.AUTO,
                precisions,
                seed);
    }

    private static Map<String, String> threadSettings() {
        return Map.of(
                "OMP_NUM_THREADS", System.getenv().getOrDefault("OMP_NUM_THREADS", ""),
                "OPENBLAS_NUM_THREADS", System.getenv().getOrDefault("OPENBLAS_NUM_THREADS", ""),
                "MALLOC_ARENA_MAX", System.getenv().getOrDefault("MALLOC_ARENA_MAX", ""));
    }

    /** Each opened only when its turn comes. */
    private static Stream<Supplier<Subject>> subjects(Settings settings, ImageDataset data) {
        return Stream.concat(
                settings.victims().stream().map(path -> () -> Subject.load(Path.of(path), settings.plainFrozen())),
                settings.models().stream()
                        .map(name ->
                                () -> Subject.random(name, new Seed(settings.seed()), data, settings.plainFrozen())));
    }

    private static void profile(Settings settings, AttackBench bench, Subject opened) {
        try (Subject subject = opened) {
            for (int size : settings.batches()) {
                Scopes.run(() -> {
                    List<AttackBatch> batches = bench.batches(subject, size, size);
                    for (String attack : settings.attacks()) {
                        AttackSpec spec = settings.spec(attack);
                        for (Precision precision : settings.precisions()) {
                            Run.ours(spec.with("steps", 1), subject.ours(), batches, precision, false);
                            try (TimedClassifier timed = new TimedClassifier(subject.ours())) {
                                Run run = Run.ours(spec, timed, batches, precision, false);
                                System.out.printf(
                                        Locale.ROOT,
                                        "%s, %s, batch %d, %s: %.3f s%n%s",
                                        subject.name(),
                                        attack,
                                        size,
                                        precision,
                                        run.seconds(),
                                        timed.report(run.seconds()));
                            }
                        }
                    }
                });
            }
        }
    }
}
