package io.redrl.experiment;

import io.redrl.adversarial.AdversarialPlan;
import io.redrl.adversarial.SetRows;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.data.DataSource;
import io.redrl.data.Datasets;
import io.redrl.data.ImageSubset;
import io.redrl.recognition.TrainingSettings;
import io.redrl.tensor.Lanes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Dry run of an experiment: every stage on a few images, for a few steps, into the folder {@code NAME-dry-run}; and a cost estimate from
 * the times that the stages record. It runs twice, first at a quarter of the size: what the second run takes longer is the cost of what it
 * does more, without what a stage costs once, and with memory and kernels paid for. Its tables mean nothing.
 */
public final class DryRun {
    /** Of the first run; the second has four times as many. */
    private static final int TRAINING_STEPS = 2;
    /** Attacks take a step of so many in the first run, so that dear attacks keep their share. */
    private static final int ATTACK_STEPS = 50;
    /** Victims and saliency take so many times as many images: these cost them little, and in small batches more. */
    private static final int MORE = 16;
    /** A calibration cannot be fitted on fewer images. */
    private static final int VALIDATION = 4;

    private static final int LARGER = 4;
    /** The most images of a dry run. */
    public static final int MOST = 1000;

    private static final String SUFFIX = "-dry-run";

    /** What a row without pixels takes while its set is being made, and what a recogniser's prediction takes. */
    private static final long BYTES_A_ROW_IN_THE_MAKING = 250;

    private static final long BYTES_A_PREDICTION = 57;

    private DryRun() {}

    /**
     * What a stage of the whole would cost.
     *
     * @param stage its name
     * @param items how many units of work the whole has
     * @param unit what {@code items} counts
     * @param rate units per second, measured
     * @param lanes how many such stages run side by side, each at this rate
     */
    public record Cost(String stage, long items, String unit, double rate, int lanes) {
        /** Hours on this machine, if it does nothing else. */
        public double hours() {
            return items / rate / lanes / 3600;
        }
    }

    /**
     * Memory that the whole would take, in bytes; roughly, and rather too much.
     *
     * @param heap of Java's heap: data set, tables of rows, predictions
     * @param process the most that the process takes, heap included, if batches grow as they did in the dry run; 0 where that is not known
     * @param mapped of the sets' pixels on disk, which are mapped: read through the system's file cache, and dropped where it needs room
     */
    public record Memory(long heap, long process, long mapped) {}

    /**
     * What a dry run ends with.
     *
     * @param costs one for each stage, in the order in which they run
     * @param memory of the whole
     * @param report the report of the few images
     */
    public record Outcome(List<Cost> costs, Memory memory, Path report) {
        /** Copies the list. */
        public Outcome {
            costs = List.copyOf(costs);
        }

        /** The same for all stages together. */
        public double hours() {
            return costs.stream().mapToDouble(Cost::hours).sum();
        }
    }

    /**
     * Tries an experiment out, always from the beginning.
     *
     * @param file the experiment's YAML file
     * @param data where the data set lies, in place of what the file says; see {@link Datasets#open}
     * @param images how many images of each split, 2 to {@value #MOST}
     * @param runs where runs lie; this one takes {@code runs/NAME-dry-run} and clears it first
     * @param repository the clone that the program was built from
     * @param progress told about everything; asked between steps whether to stop
     */
    public static Outcome run(
            Path file, Optional<String> data, int images, Path runs, Path repository, Progress progress) {
        Checks.inRange("dry-run", images, 2, MOST);
        ExperimentSpec read = ExperimentSpec.read(file, progress::say);
        ExperimentSpec whole = data.map(read::withData).orElse(read);
        String yaml = ExperimentRunner.text(file);
        Run.Source source = (from, split, size) -> ImageSubset.spread(from.open(split, size), MORE * images);
        int there = source.open(whole.data(), whole.test().split(), whole.inputSize())
                .size();
        Path folder = runs.resolve(whole.name() + SUFFIX);
        List<List<StageMark>> marks = new ArrayList<>();
        List<Long> peaks = new ArrayList<>();
        List<Integer> batches = new ArrayList<>();
        for (int scale : new int[] {1, LARGER}) {
            Stages.delete(folder);
            ExperimentSpec few = cut(whole, Math.max(2, images * scale / LARGER), there, scale);
            try (Run run = new Run(few, yaml, source, runs, repository, progress).withEveryRow()) {
                ExperimentRunner runner = new ExperimentRunner(run);
                runner.run();
                marks.add(runner.marks());
                peaks.add(peak());
                batches.add(largestBatch(few));
            }
        }
        try (Run run = new Run(whole, yaml, DataSource::open, runs, repository, progress)) {
            List<Cost> costs = costs(new ExperimentRunner(run), marks.get(0), marks.get(1));
            Json.write(folder.resolve("cost.json"), costs);
            return new Outcome(costs, memory(run, peaks, batches), folder.resolve("report/report.html"));
        }
    }

    private static int largestBatch(ExperimentSpec spec) {
        return spec.variants().stream()
                .mapToInt(variant -> variant.settings().training().batch())
                .max()
                .orElse(1);
    }

    /** The most memory that this process has had, in bytes; 0 where the system does not tell. */
    private static long peak() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    private static Memory memory(Run whole, List<Long> peaks, List<Integer> batches) {
        List<AdversarialPlan> plans =
                PlannedSet.of(whole).stream().map(set -> set.plan(whole)).toList();
        long rows = plans.stream().mapToLong(AdversarialPlan::size).sum();
        long making = BYTES_A_ROW_IN_THE_MAKING
                * plans.stream().mapToLong(AdversarialPlan::size).max().orElse(0);
        long predicting = BYTES_A_PREDICTION
                * whole.variants.size()
                * whole.plan(PlannedSet.TEST).size();
        Runtime runtime = Runtime.getRuntime();
        long heap = runtime.totalMemory()
                - runtime.freeMemory()
                + rows * SetRows.BYTES_A_ROW
                + Math.max(making, predicting);
        long values = whole.data(whole.spec.test().split()).shape().values();
        long mapped = plans.stream()
                .mapToLong(
                        plan -> plan.size() * values * plan.options().storage().bytes())
                .sum();
        return new Memory(heap, process(peaks, batches, largestBatch(whole.spec)) + heap, mapped);
    }

    /** As far as batches take more memory the larger they are, in proportion. */
    private static long process(List<Long> peaks, List<Integer> batches, int batch) {
        long grown = peaks.get(1) - peaks.get(0);
        int more = batches.get(1) - batches.get(0);
        return peaks.get(1) + (more > 0 ? grown / more * Math.max(0, batch - batches.get(1)) : 0);
    }

    private static List<Cost> costs(ExperimentRunner whole, List<StageMark> first, List<StageMark> second) {
        List<Cost> costs = new ArrayList<>();
        whole.walk(group -> group.forEach(stage -> {
            int lanes = stage.lane() ? Math.min(Lanes.count(), group.size()) : 1;
            double rate = rate(mark(first, stage), mark(second, stage));
            costs.add(new Cost(stage.name(), stage.items(), stage.unit(), rate, lanes));
        }));
        return costs;
    }

    private static StageMark mark(List<StageMark> marks, Stage stage) {
        return marks.stream()
                .filter(mark -> mark.stage().equals(stage.name()))
                .findFirst()
                .orElseThrow(() -> new RedrlException("the dry run did not run " + stage.name()));
    }

    /** Items per second of what the second run did more; of all that it did where that took no longer. */
    static double rate(StageMark first, StageMark second) {
        boolean longer = second.items() > first.items() && second.seconds() > first.seconds();
        return longer
                ? (second.items() - first.items()) / (second.seconds() - first.seconds())
                : second.cost().rate();
    }

    /**
     * The same experiment on a few images, for a few steps.
     *
     * @param there how many images the split of the test set has
     * @param scale so many times as many steps as in the shortest run
     */
    static ExperimentSpec cut(ExperimentSpec whole, int images, int there, int scale) {
        String indices = "0-" + (images - 1);
        ObjectNode spec = Json.parse(Json.line(whole), ObjectNode.class, whole.name());
        cutEverywhere(spec, indices, scale);
        spec.put("name", whole.name() + SUFFIX).put("exemplars", Math.min(whole.exemplars(), 2));
        spec.withObjectProperty("expected").removeAll();
        whole.saliency().ifPresent(saliency -> spec.withObjectProperty("saliency")
                .put("statistics", "0-" + (Math.min(MORE * images, there) - 1))
                .put("images", Math.min(saliency.images(), images))
                .put("maps", Math.min(saliency.maps(), 1))
                .put("permutations", Math.min(saliency.permutations(), 20)));
        if (whole.robustness().isPresent()) {
            ObjectNode robustness = spec.withObjectProperty("robustness").put("images", indices);
            robustness.withObjectProperty("validation").put("indices", "0-" + (Math.max(images, VALIDATION) - 1));
        }
        List<Variant> variants = whole.variants();
        int i = 0;
        for (JsonNode variant : spec.withObjectProperty("recognisers").withArrayProperty("variants")) {
            TrainingSettings full = variants.get(i++).settings().training();
            int classes = full.batch() / full.imagesPerStep();
            int batch = Math.min(full.batch(), full.paired() ? classes * Math.max(1, images / classes) : images);
            ObjectNode training = ((ObjectNode) variant).withObjectProperty("training");
            training.put("steps", TRAINING_STEPS * scale).put("epochs", 0).put("batch", batch);
            full.exposure().ifPresent(exposure -> training.withObjectProperty("exposure")
                    .put("augmented", exposure.augmented())
                    .put("outliers", (int) Math.ceil((double) batch / full.batch() * exposure.outliers())));
        }
        return Json.parse(spec.toString(), ExperimentSpec.class, whole.name());
    }

    /** Attacks, victims and sets, wherever an experiment lists them. */
    private static void cutEverywhere(JsonNode settings, String indices, int scale) {
        if (settings instanceof ObjectNode own) {
            if (own.has("attack") && own.path("steps").asInt(1) > 1) {
                own.put("steps", Math.max(1, own.path("steps").asInt() * scale / ATTACK_STEPS));
            }
            if (own.path("train").has("model")) {
                own.withObjectProperty("train").put("epochs", scale).put("train-images", 0);
            }
            if (own.has("indices")) {
                own.put("indices", indices);
                if (own.path("sampling").asString().equals("all")) { // of a few images not every combination
                    own.put("sampling", "one-per-attack");
                }
            }
        }
        settings.forEach(part -> cutEverywhere(part, indices, scale));
        if (settings instanceof ArrayNode list) {
            Set<JsonNode> distinct = new LinkedHashSet<>();
            list.forEach(distinct::add);
            list.removeAll().addAll(distinct); // attacks that differed in their steps alone
        }
    }
}
