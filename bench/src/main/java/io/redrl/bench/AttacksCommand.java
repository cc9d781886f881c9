package io.redrl.bench;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.AttackCatalog;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.CwL2Spec;
import io.redrl.attack.PgdSpec;
import io.redrl.base.Checks;
import io.redrl.base.Seed;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.model.Victims;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code redrl-bench attacks}. */
@Command(
        name = "attacks",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        description =
                "Attacks run to their end, against the plain loops that one would write without this project: time,"
                        + " success and norms, on CIFAR-10 test images (./redrl data fetch cifar10 brings them). Ours in float32 and,"
                        + " where the processor computes with bfloat16, with low-precision logits.",
        footer = {
            "",
            "Writes attacks.csv, after every attack, and manifest.json. Both sides take turns; where other work keeps the"
                    + " machine busy, read cpu_ratio.",
            "Example: ./redrl-bench attacks --victims models/resnet20 --batches 64 --images 256 --out bench"
        })
final class AttacksCommand implements Runnable {
    private static final int LOOKED_AT = 250;

    @Option(
            names = "--victims",
            split = ",",
            paramLabel = "V",
            description = "Folders of trained victims, TorchScript files: times, success and norms.")
    private List<Path> victims = new ArrayList<>();

    @Option(
            names = "--models",
            split = ",",
            paramLabel = "NAME",
            description = "Architectures with random weights: times; their success and norms mean little.")
    private List<String> models = new ArrayList<>();

    @Option(names = "--attacks", split = ",", paramLabel = "NAME", description = "Default: ${DEFAULT-VALUE}.")
    private List<String> attacks = PlainAttack.ATTACKS;

    @Option(
            names = "--batches",
            split = ",",
            paramLabel = "N",
            description = "Sizes of batch. Default: ${DEFAULT-VALUE}.")
    private List<Integer> batches = List.of(64);

    @Option(
            names = "--images",
            paramLabel = "N",
            description =
                    "Attack at least so many, in several batches if need be: 250 for success within half a point.")
    private int images;

    @Option(
            names = "--repeats",
            paramLabel = "N",
            description = "Of each side, turn by turn. Default: ${DEFAULT-VALUE}.")
    private int repeats = 3;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "At most so many on both sides (DeepFool keeps its own). Default: the paper's.")
    private int steps;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of random weights and starts. Default: ${DEFAULT-VALUE}.")
    private long seed = 7;

    @Option(names = "--out", paramLabel = "DIR", description = "Default: ${DEFAULT-VALUE}.")
    private Path out = Path.of("runs", "bench");

    @Override
    public void run() {
        Checks.positive("repeats", repeats);
        batches.forEach(batch -> Checks.positive("batches", batch));
        Checks.require(!victims.isEmpty() || !models.isEmpty(), "name --victims, --models, or both");
        ImageDataset data = Datasets.open("cifar10", Split.TEST);
        ResultTable table = table();
        Stream<Supplier<Subject>> subjects = Stream.concat(
                victims.stream().map(path -> () -> Subject.load(path)),
                models.stream().map(name -> () -> Subject.random(name, new Seed(seed), data)));
        subjects.forEach(next -> {
            try (Subject subject = next.get()) {
                Victims.requireFits(subject.ours(), data);
                batches.forEach(batch -> measure(subject, batch, data, table));
            }
        });
        Manifest.write(
                out, Map.of("data", data.id(), "repeats", repeats, "steps", steps, "seed", seed, "attacks", attacks));
        System.out.print(
                table + "success in [0, 1], l2 of the successful; *_gap_*: above the plain loop's.\nWritten to " + out
                        + "\n");
    }

    private void measure(Subject subject, int batch, ImageDataset data, ResultTable table) {
        Scopes.run(() -> {
            List<AttackBatch> some =
                    batches(subject, data, batch, Math.max(1, (images + batch - 1) / batch), new Seed(seed));
            for (String attack : attacks) {
                AttackSpec spec = AttackCatalog.defaults(attack);
                measure(subject, steps == 0 ? spec : shortened(spec, steps), some, repeats, table);
                table.write(out.resolve("attacks.csv"));
                System.err.println(subject.name() + ", " + attack + ", batch " + batch);
            }
        });
    }

    /** The attack with at most so many steps; DeepFool stops by itself. */
    static AttackSpec shortened(AttackSpec spec, int most) {
        int own = spec instanceof PgdSpec pgd ? pgd.steps() : spec instanceof CwL2Spec cwL2 ? cwL2.steps() : 0;
        return own > most ? spec.with("steps", most) : spec;
    }

    /** A table for what {@link #measure} finds. */
    static ResultTable table() {
        return new ResultTable(
                "model",
                "attack",
                "batch",
                "images",
                "side",
                "seconds",
                "cpu_seconds",
                "ratio",
                "cpu_ratio",
                "success",
                "success_gap_points",
                "l2",
                "l2_gap_percent");
    }

    /** One attack on both sides, turn by turn, so that a machine that changes its speed changes it for both: a line for each. */
    static void measure(Subject subject, AttackSpec spec, List<AttackBatch> batches, int repeats, ResultTable table) {
        PlainAttack loop = PlainAttack.of(spec);
        Map<Precision, List<AttackRun>> ours = new EnumMap<>(Precision.class);
        ours.put(Precision.FP32, new ArrayList<>());
        if (Precision.fastest() == Precision.BF16) {
            ours.put(Precision.BF16, new ArrayList<>());
        }
        // Code is compiled and bfloat16 weights are made before anything counts.
        ours.keySet().forEach(p -> AttackRun.ours(shortened(spec, 2), subject.ours(), batches.subList(0, 1), p));
        List<AttackRun> plain = new ArrayList<>();
        for (int turn = 0; turn < repeats; turn++) {
            plain.add(AttackRun.plain(loop, subject.plain(), batches));
            ours.forEach((precision, runs) -> runs.add(AttackRun.ours(spec, subject.ours(), batches, precision)));
        }
        add(table, subject, spec, batches, "plain", plain, plain);
        ours.forEach((precision, runs) ->
                add(table, subject, spec, batches, "ours " + precision.name().toLowerCase(Locale.ROOT), runs, plain));
    }

    private static void add(
            ResultTable table,
            Subject subject,
            AttackSpec spec,
            List<AttackBatch> batches,
            String side,
            List<AttackRun> runs,
            List<AttackRun> plain) {
        Took took = Took.median(runs.stream().map(AttackRun::took).toList());
        Took plainTook = Took.median(plain.stream().map(AttackRun::took).toList());
        AttackRun first = runs.get(0);
        AttackRun reference = plain.get(0);
        table.add(
                subject.name() + (subject.trained() ? "" : ", untrained"),
                spec.id(),
                batches.get(0).size(),
                first.results().size(),
                side,
                took.seconds(),
                took.cpuSeconds(),
                plainTook.seconds() / took.seconds(),
                plainTook.cpuSeconds() / took.cpuSeconds(),
                first.success(),
                100 * (first.success() - reference.success()),
                first.medianL2(),
                100 * (first.medianL2() / reference.medianL2() - 1));
    }

    /** Batches of the first images, of those that a trained network has right; they join the caller's scope. */
    static List<AttackBatch> batches(Subject subject, ImageDataset images, int size, int count, Seed seed) {
        List<Integer> chosen = new ArrayList<>();
        List<Long> labels = new ArrayList<>();
        for (int from = 0; chosen.size() < size * count && from < images.size(); from += LOOKED_AT) {
            int[] some = IntStream.range(from, Math.min(from + LOOKED_AT, images.size()))
                    .toArray();
            long[] predicted = Scopes.valued(() -> subject.plain().predict(pixels(images, some)));
            for (int i = 0; i < some.length; i++) {
                if (!subject.trained() || predicted[i] == images.label(some[i])) {
                    chosen.add(some[i]);
                    labels.add(predicted[i]);
                }
            }
        }
        Checks.require(
                chosen.size() >= size * count,
                "%s has only %d images right; %d were asked for",
                subject.name(),
                chosen.size(),
                size * count);
        List<AttackBatch> batches = new ArrayList<>();
        for (int from = 0; from < size * count; from += size) {
            int[] ids = chosen.subList(from, from + size).stream()
                    .mapToInt(Integer::intValue)
                    .toArray();
            long[] own = labels.subList(from, from + size).stream()
                    .mapToLong(Long::longValue)
                    .toArray();
            batches.add(new AttackBatch(
                    pixels(images, ids), own, IntStream.of(ids).asLongStream().toArray(), seed));
        }
        return batches;
    }

    /** {@code [N,C,H,W]} in [0, 1], in the caller's scope. */
    static Tensor pixels(ImageDataset images, int... indices) {
        return Tensors.pixels(images.images(indices));
    }
}
