package io.redrl.experiment;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.ImageStack;
import io.redrl.adversarial.SetRows;
import io.redrl.attack.AttackClass;
import io.redrl.base.Progress;
import io.redrl.calibration.Activations;
import io.redrl.calibration.CalibrationFit;
import io.redrl.calibration.Prediction;
import io.redrl.calibration.Temperature;
import io.redrl.data.IndexRanges;
import io.redrl.evaluation.PredictionRow;
import io.redrl.evaluation.Robustness;
import io.redrl.image.Corruption;
import io.redrl.recognition.Recogniser;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/** Robustness evaluation of one calibrated recogniser: what it predicts outside its training data. */
final class RobustnessStage {
    private static final int BATCH = 100;
    private static final Set<String> OTHER_SETS = Set.of(PlannedSet.TRAIN, PlannedSet.OUTLIERS, PlannedSet.VALIDATION);

    private final Run run;
    private final RobustnessPlan plan;
    private final Recogniser recogniser;
    private final Variant variant;
    private final List<String> sets;
    private final List<PredictionRow> all = new ArrayList<>();

    RobustnessStage(Run run, RobustnessPlan plan, Recogniser recogniser, Variant variant) {
        this.run = run;
        this.plan = plan;
        this.recogniser = recogniser;
        this.variant = variant;
        this.sets = sets(run);
    }

    /** The sets that are looked at. */
    static List<String> sets(Run run) {
        return PlannedSet.of(run).stream()
                .map(PlannedSet::name)
                .filter(name -> !OTHER_SETS.contains(name))
                .toList();
    }

    /** How many images a recogniser looks at. */
    static long size(Run run, RobustnessPlan plan) {
        long stored = sets(run).stream().mapToLong(set -> run.plan(set).size()).sum();
        long test = run.plan(PlannedSet.TEST).size();
        long images = IndexRanges.parse(plan.images()).length;
        return stored
                + plan.corruptions().size() * test * images / run.spec.test().count();
    }

    /**
     * Measures everything.
     *
     * @param fit what the calibration was fitted to
     * @param into where every prediction is written, as {@code predictions.jsonl}
     */
    Robustness run(CalibrationFit.Summary fit, Path into) {
        try (Progress.Task task = run.progress.start("robustness of " + variant.name(), size(run, plan), "images")) {
            Set<Integer> images =
                    Arrays.stream(IndexRanges.parse(plan.images())).boxed().collect(Collectors.toSet());
            List<AdversarialExample> test = rows(PlannedSet.TEST);
            List<PredictionRow> uncalibrated = new ArrayList<>();
            List<PredictionRow> known = predicted(PredictionRow.TEST, test, ImageStack::pixels, task, uncalibrated);
            List<PredictionRow> reference =
                    known.stream().filter(v -> images.contains(v.index())).toList();
            List<PredictionRow> clean = reference.stream()
                    .filter(v -> v.attack().equals(AttackClass.CLEAN.id()))
                    .toList();
            List<Robustness.Condition> conditions = new ArrayList<>();
            for (NetworkSource victim : run.unseenVictims()) {
                List<PredictionRow> own = predicted(
                        "victim/" + victim.name(), rows(PlannedSet.ofVictim(victim)), ImageStack::pixels, task);
                conditions.add(Robustness.Condition.of(Robustness.Group.VICTIM, victim.name(), "", joined(clean, own)));
            }
            conditions.addAll(settings(clean, task));
            List<AdversarialExample> rows = SetRows.where(test, row -> images.contains(row.index()));
            for (Corruption corruption : plan.corruptions()) {
                List<PredictionRow> own =
                        predicted("corruption/" + corruption.label(), rows, part -> corrupted(corruption, part), task);
                conditions.add(Robustness.Condition.of(Robustness.Group.CORRUPTION, corruption.label(), "", own));
            }
            Robustness result = new Robustness(
                    variant.name(),
                    variant.title(),
                    Robustness.Calibrated.of(fit, uncalibrated, known),
                    Robustness.Condition.of(Robustness.Group.CORRUPTION, "as they are", "", reference),
                    conditions,
                    unknown(reference, task),
                    cleanCorruptions(task),
                    Optional.of(sets.stream()
                            .filter(set -> !set.equals(PlannedSet.CLEAN_CORRUPTIONS))
                            .mapToInt(set ->
                                    run.rows(set).size() - run.examples(set).size())
                            .sum()));
            PredictionRow.write(into.resolve("predictions.jsonl"), all);
            return result;
        }
    }

    /** All unseen settings together with clean images, then each by itself. */
    private List<Robustness.Condition> settings(List<PredictionRow> clean, Progress.Task task) {
        List<PredictionRow> own = predicted("settings", rows(PlannedSet.SETTINGS), ImageStack::pixels, task);
        List<Robustness.Condition> conditions = new ArrayList<>();
        if (!own.isEmpty()) {
            conditions.add(Robustness.Condition.of(Robustness.Group.SETTINGS, "", "", joined(clean, own)));
        }
        by(own, PredictionRow::config)
                .forEach((config, some) -> conditions.add(Robustness.Condition.of(
                        Robustness.Group.SETTINGS, config, some.get(0).attack(), some)));
        return conditions;
    }

    private List<Robustness.UnknownAttack> unknown(List<PredictionRow> known, Progress.Task task) {
        List<AdversarialExample> changed = rows(PlannedSet.UNKNOWN);
        List<PredictionRow> own = predicted("unknown", changed, ImageStack::pixels, task);
        List<Robustness.UnknownAttack> unknown = new ArrayList<>();
        by(own, PredictionRow::attack).forEach((attack, some) -> {
            int fooled = (int) SetRows.heads(changed).stream()
                    .filter(row -> row.attack().equals(attack) && row.success())
                    .count();
            unknown.add(Robustness.UnknownAttack.of(attack, some, fooled, known));
        });
        return unknown;
    }

    private List<Robustness.CleanCorruption> cleanCorruptions(Progress.Task task) {
        String set = PlannedSet.CLEAN_CORRUPTIONS; // whatever the change did: it is no attack
        List<AdversarialExample> changed = sets.contains(set) ? run.rows(set) : List.of();
        List<PredictionRow> own = predicted("clean-corruptions", changed, ImageStack::pixels, task);
        List<Robustness.CleanCorruption> corruptions = new ArrayList<>();
        by(own, PredictionRow::config)
                .forEach((config, some) -> corruptions.add(Robustness.CleanCorruption.of(config, some)));
        return corruptions;
    }

    /** The examples of a set, if the experiment has it: an image that an attack left as it was is none. */
    private List<AdversarialExample> rows(String set) {
        return sets.contains(set) ? run.examples(set) : List.of();
    }

    private static Map<String, List<PredictionRow>> by(List<PredictionRow> rows, Function<PredictionRow, String> key) {
        return rows.stream().collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()));
    }

    private static List<PredictionRow> joined(List<PredictionRow> first, List<PredictionRow> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private static Tensor corrupted(Corruption corruption, List<AdversarialExample> rows) {
        return Tensors.pixels(
                rows.stream().map(row -> corruption.of(row.image().rounded())).toList());
    }

    private List<PredictionRow> predicted(
            String condition,
            List<AdversarialExample> rows,
            Function<List<AdversarialExample>, Tensor> pixels,
            Progress.Task task) {
        return predicted(condition, rows, pixels, task, new ArrayList<>());
    }

    /** @param uncalibrated to which the same predictions are added as they are without calibration */
    private List<PredictionRow> predicted(
            String condition,
            List<AdversarialExample> rows,
            Function<List<AdversarialExample>, Tensor> pixels,
            Progress.Task task,
            List<PredictionRow> uncalibrated) {
        List<PredictionRow> predictions = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += BATCH) {
            run.progress.checkStopped();
            List<AdversarialExample> part = List.copyOf(rows.subList(from, Math.min(rows.size(), from + BATCH)));
            Activations activations = Scopes.valuedNoGrad(() -> recogniser.trace(pixels.apply(part), null));
            List<Prediction> answers = recogniser.judge(activations);
            for (int i = 0; i < part.size(); i++) {
                double[] raw = Temperature.softmax(activations.logits()[i], 1);
                uncalibrated.add(PredictionRow.of(condition, part.get(i), Prediction.uncalibrated(raw)));
                predictions.add(PredictionRow.of(condition, part.get(i), answers.get(i)));
            }
            task.advance(part.size());
        }
        all.addAll(predictions);
        return predictions;
    }
}
