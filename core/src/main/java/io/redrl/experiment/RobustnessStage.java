package io.redrl.experiment;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.AdversarialSet;
import io.redrl.adversarial.ImageStack;
import io.redrl.attack.AttackClass;
import io.redrl.base.Progress;
import io.redrl.calibration.Activations;
import io.redrl.calibration.CalibrationFit;
import io.redrl.calibration.Prediction;
import io.redrl.calibration.Temperature;
import io.redrl.evaluation.PredictionRow;
import io.redrl.evaluation.Robustness;
import io.redrl.image.Corruption;
import io.redrl.recognition.Recogniser;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** What one calibrated recogniser says outside its training data. */
final class RobustnessStage {
    private static final int BATCH = 100;

    private final Recogniser recogniser;
    private final RobustnessSets sets;
    private final Progress progress;
    private final List<PredictionRow> all = new ArrayList<>();

    RobustnessStage(Recogniser recogniser, RobustnessSets sets, Progress progress) {
        this.recogniser = recogniser;
        this.sets = sets;
        this.progress = progress;
    }

    /**
     * Measures everything.
     *
     * @param fit what the calibration was fitted to
     * @param transforms what happens to the test set's images
     * @param into where every prediction is written, as {@code verdicts.jsonl}
     */
    Robustness run(CalibrationFit.Summary fit, List<Corruption> transforms, Path into) {
        String name = recogniser.spec().name();
        try (Progress.Task task = progress.start("generalisation of " + name, sets.size(transforms.size()), "images")) {
            Set<Integer> images = new HashSet<>(sets.images());
            List<AdversarialExample> test = sets.test().examples();
            List<AdversarialExample> rows =
                    test.stream().filter(row -> images.contains(row.index())).toList();
            List<PredictionRow> uncalibrated = new ArrayList<>();
            List<PredictionRow> known = judge(PredictionRow.TEST, test, ImageStack::pixels, task, uncalibrated);
            List<PredictionRow> reference =
                    known.stream().filter(v -> images.contains(v.index())).toList();
            List<Robustness.Condition> conditions = new ArrayList<>();
            List<PredictionRow> clean = reference.stream()
                    .filter(v -> v.attack().equals(AttackClass.CLEAN.id()))
                    .toList();
            sets.victims().forEach((victim, set) -> {
                List<PredictionRow> own = judge("victim/" + victim, set.examples(), ImageStack::pixels, task);
                conditions.add(Robustness.Condition.of(Robustness.Group.VICTIM, victim, "", joined(clean, own)));
            });
            conditions.addAll(settings(clean, task));
            for (Corruption transform : transforms) {
                conditions.add(Robustness.Condition.of(
                        Robustness.Group.TRANSFORM,
                        transform.label(),
                        "",
                        judge("transform/" + transform.label(), rows, part -> transformed(transform, part), task)));
            }
            Robustness result = new Robustness(
                    name,
                    RecogniserKinds.title(recogniser.spec()),
                    Robustness.Calibrated.of(fit, uncalibrated, known),
                    Robustness.Condition.of(Robustness.Group.TRANSFORM, "as they are", "", reference),
                    conditions,
                    strangers(reference, task),
                    cleanCorruptions(task));
            PredictionRow.write(into.resolve("verdicts.jsonl"), all);
            return result;
        }
    }

    /** All unseen settings together with clean images, then each by itself. */
    private List<Robustness.Condition> settings(List<PredictionRow> clean, Progress.Task task) {
        List<PredictionRow> own = judge("settings", rows(sets.settings()), ImageStack::pixels, task);
        List<Robustness.Condition> conditions = new ArrayList<>();
        if (!own.isEmpty()) {
            conditions.add(Robustness.Condition.of(Robustness.Group.SETTINGS, "", "", joined(clean, own)));
        }
        by(own, PredictionRow::config)
                .forEach((config, some) -> conditions.add(Robustness.Condition.of(
                        Robustness.Group.SETTINGS, config, some.get(0).attack(), some)));
        return conditions;
    }

    private List<Robustness.Stranger> strangers(List<PredictionRow> known, Progress.Task task) {
        // Black-box attacks leave an image as it was when nothing fools: such an image is clean, and no example of
        // theirs.
        List<AdversarialExample> changed = rows(sets.unknown()).stream()
                .filter(row -> row.outcome().linf() > 0)
                .toList();
        List<PredictionRow> own = judge("unknown", changed, ImageStack::pixels, task);
        List<Robustness.Stranger> strangers = new ArrayList<>();
        by(own, PredictionRow::attack).forEach((attack, some) -> {
            int fooled = (int) changed.stream()
                    .filter(row -> row.attack().equals(attack) && row.success())
                    .count();
            strangers.add(Robustness.Stranger.of(attack, some, fooled, known));
        });
        return strangers;
    }

    private List<Robustness.Nuisance> cleanCorruptions(Progress.Task task) {
        List<PredictionRow> own = judge("nuisance", rows(sets.cleanCorruptions()), ImageStack::pixels, task);
        List<Robustness.Nuisance> cleanCorruptions = new ArrayList<>();
        by(own, PredictionRow::config)
                .forEach((config, some) -> cleanCorruptions.add(Robustness.Nuisance.of(config, some)));
        return cleanCorruptions;
    }

    private static List<AdversarialExample> rows(@Nullable AdversarialSet set) {
        return set == null ? List.of() : set.examples();
    }

    private static Map<String, List<PredictionRow>> by(List<PredictionRow> rows, Function<PredictionRow, String> key) {
        Map<String, List<PredictionRow>> groups = new LinkedHashMap<>();
        rows.forEach(v ->
                groups.computeIfAbsent(key.apply(v), k -> new ArrayList<>()).add(v));
        return groups;
    }

    private static List<PredictionRow> joined(List<PredictionRow> first, List<PredictionRow> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private Tensor transformed(Corruption transform, List<AdversarialExample> rows) {
        return Tensors.pixels(
                rows.stream().map(row -> transform.of(row.image().rounded())).toList());
    }

    private List<PredictionRow> judge(
            String condition,
            List<AdversarialExample> rows,
            Function<List<AdversarialExample>, Tensor> pixels,
            Progress.Task task) {
        return judge(condition, rows, pixels, task, new ArrayList<>());
    }

    /** @param uncalibrated to which the same predictions are added as they are without calibration */
    private List<PredictionRow> judge(
            String condition,
            List<AdversarialExample> rows,
            Function<List<AdversarialExample>, Tensor> pixels,
            Progress.Task task,
            List<PredictionRow> uncalibrated) {
        List<PredictionRow> predictions = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += BATCH) {
            progress.checkStopped();
            List<AdversarialExample> part = rows.subList(from, Math.min(rows.size(), from + BATCH));
            Activations trace = Scopes.valuedNoGrad(() -> recogniser.trace(pixels.apply(part), null));
            List<Prediction> answers = recogniser.judge(trace);
            for (int i = 0; i < part.size(); i++) {
                uncalibrated.add(PredictionRow.of(
                        condition, part.get(i), Prediction.uncalibrated(Temperature.softmax(trace.logits()[i], 1))));
                predictions.add(PredictionRow.of(condition, part.get(i), answers.get(i)));
            }
            task.advance(part.size());
        }
        all.addAll(predictions);
        return predictions;
    }
}
