package io.redrl.experiment;

import io.redrl.attack.AttackSpec;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.data.Datasets;
import io.redrl.data.ImageSubset;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.tensor.Lanes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tries an experiment out: every stage on a few images, for a few steps, in a folder {@code NAME-rehearsal} of its own; and
 * works out from the rates measured on the way what the whole would cost on this machine. Its tables mean nothing. What is
 * measured outside the training data ({@code generalisation}) is left out of both.
 */
public final class DryRun {
    private static final int STEPS = 3;
    private static final int ATTACK_STEPS = 2;
    private static final int MOST = 1000;

    private DryRun() {}

    /**
     * What a stage of the whole would cost.
     *
     * @param stage its name
     * @param items how many units of work the whole has
     * @param unit what {@code items} counts
     * @param rate units per second, measured; with {@code lanes} lanes side by side
     * @param lanes how many pieces of such work run side by side; {@code rate} is that of all of them together
     */
    public record Cost(String stage, long items, String unit, double rate, int lanes) {
        /** Hours on this machine, if it does nothing else. */
        public double hours() {
            return items / rate / 3600;
        }
    }

    /**
     * What a rehearsal ends with.
     *
     * @param costs one for each stage, in the order in which they run
     * @param report the report of the few images
     */
    public record Outcome(List<Cost> costs, Path report) {
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
     * Rehearses an experiment, always from the beginning.
     *
     * @param file the experiment's YAML file
     * @param data where the data set lies, in place of what the file says; see {@link Datasets#open}
     * @param images how many images of each split, 2 to {@value #MOST}
     * @param runs where runs lie; this one takes {@code runs/NAME-rehearsal} and clears it first
     * @param repository the clone that the program was built from
     * @param progress told about everything; asked between steps whether to stop
     */
    public static Outcome run(
            Path file, Optional<String> data, int images, Path runs, Path repository, Progress progress) {
        Checks.inRange("rehearse", images, 2, MOST);
        ExperimentSpec read = ExperimentSpec.read(file, progress::say);
        ExperimentSpec whole = data.map(read::withData).orElse(read);
        ExperimentSpec few = cut(whole, images);
        Stages.delete(runs.resolve(few.name()));
        WorkClock clock = new WorkClock();
        RateMeter meter = new RateMeter(progress, clock);
        ExperimentRunner.Source source = (name, split) -> ImageSubset.spread(Datasets.open(name, split), images);
        try (ExperimentRunner runner =
                new ExperimentRunner(few, ExperimentRunner.text(file), source, runs, repository, meter)) {
            Path report = runner.run().report();
            CostProbes probes = CostProbes.measure(
                    few,
                    runner.victims(),
                    source.open(few.data(), few.test().split()),
                    runs.resolve(few.name()),
                    clock,
                    meter);
            List<Cost> costs = new CostEstimate(whole, meter, probes, Lanes.count()).all();
            Json.write(runs.resolve(few.name()).resolve("cost.json"), costs);
            return new Outcome(costs, report);
        }
    }

    /** The same experiment on a few images, for a few steps. */
    static ExperimentSpec cut(ExperimentSpec whole, int images) {
        String indices = "0-" + (images - 1);
        SaliencyPlan saliency = whole.saliency();
        return new ExperimentSpec(
                whole.name() + "-rehearsal",
                whole.seed(),
                whole.data(),
                whole.victims().stream().map(source -> cut(source, images)).toList(),
                whole.phi(),
                cut(whole.features(), images),
                cut(whole.attacks()),
                whole.train().few(indices),
                whole.test().few(indices),
                cut(whole.recognisers(), whole.recogniserSpecs(), images),
                new SaliencyPlan(
                        indices,
                        Math.min(saliency.images(), images),
                        saliency.signed(),
                        Math.min(saliency.maps(), 1),
                        saliency.filters(),
                        saliency.boost(),
                        Math.min(saliency.permutations(), 20),
                        saliency.megabytes()),
                Math.min(whole.exemplars(), 2),
                Map.of(),
                Optional.empty());
    }

    private static List<AttackSpec> cut(List<AttackSpec> attacks) {
        return attacks.stream()
                .map(attack -> withSteps(attack, ATTACK_STEPS))
                .distinct()
                .toList();
    }

    /** An attack with at most so many steps; one without steps as it is. */
    static AttackSpec withSteps(AttackSpec attack, int most) {
        int steps = steps(attack);
        return steps > most ? attack.with("steps", most) : attack;
    }

    /** The steps that an attack takes; 1 if it has no such setting. */
    static int steps(AttackSpec attack) {
        return Json.parse(Json.line(attack), JsonNode.class, "attack")
                .path("steps")
                .asInt(1);
    }

    /** Two epochs of two steps: the first step pays for memory and kernels and is left out of the rate. */
    private static NetworkSource cut(NetworkSource source, int images) {
        if (!(source instanceof NetworkSource.Trained trained)) {
            return source;
        }
        ObjectNode train = ((ObjectNode) trained.train()).deepCopy();
        train.put("epochs", 2).put("train-images", 0).put("batch", Math.max(2, images / 2));
        return new NetworkSource.Trained(trained.name(), train);
    }

    private static RecogniserPlan cut(RecogniserPlan plan, List<RecogniserSpec> full, int images) {
        List<JsonNode> variants = new ArrayList<>();
        for (int i = 0; i < plan.variants().size(); i++) {
            ObjectNode variant = ((ObjectNode) plan.variants().get(i)).deepCopy();
            boolean paired = full.get(i).training().paired();
            int classes =
                    full.get(i).training().batch() / full.get(i).training().imagesPerStep();
            int batch =
                    Math.min(full.get(i).training().batch(), paired ? classes * Math.max(1, images / classes) : images);
            ObjectNode training = variant.withObjectProperty("training");
            training.put("steps", STEPS).put("epochs", 0).put("batch", batch);
            double part = (double) batch / full.get(i).training().batch();
            full.get(i).training().exposure().ifPresent(exposure -> training.withObjectProperty("exposure")
                    .put("augmented", exposure.augmented())
                    .put("outliers", (int) Math.ceil(part * exposure.outliers())));
            variants.add(variant);
        }
        return new RecogniserPlan(
                plan.preset(),
                plan.common(),
                variants,
                Map.of(),
                plan.outliers().map(DryRun::cut));
    }
}
