package io.redrl.experiment;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.base.Checksums;
import io.redrl.base.Json;
import io.redrl.calibration.CalibrationFit;
import io.redrl.calibration.OodMethod;
import io.redrl.calibration.SyntheticOutlier;
import io.redrl.evaluation.Robustness;
import io.redrl.recognition.Recogniser;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The stages that calibrate recognisers on validation images ({@code calibration/NAME}) and that measure the calibrated recognisers outside
 * their training data ({@code robustness/NAME}).
 *
 * @param run of an experiment
 * @param plan its robustness evaluation
 */
record RobustnessStages(Run run, RobustnessPlan plan) {
    private static final String RESULT = "robustness.json";
    private static final String SUMMARY = "summary.json";

    private Stream<Variant> recognisers() {
        List<Variant> all = run.variants;
        return plan.recognisers().stream()
                .flatMap(name -> all.stream().filter(variant -> variant.name().equals(name)));
    }

    /** One for each recogniser. */
    List<Stage> calibrations() {
        long images = run.plan(PlannedSet.VALIDATION).size();
        return recognisers()
                .map(variant -> new Stage(
                        "calibration/" + variant.name(),
                        () -> List.of(
                                OodMethod.values(),
                                SyntheticOutlier.values(),
                                plan.falsePositiveRate(),
                                run.set(PlannedSet.VALIDATION).manifest(),
                                weights(variant)),
                        images,
                        Stage.IMAGES,
                        true,
                        into -> {
                            calibrate(variant, into);
                            return images;
                        }))
                .toList();
    }

    private void calibrate(Variant variant, Path into) {
        List<AdversarialExample> rows = run.examples(PlannedSet.VALIDATION);
        try (Recogniser trained = run.load(variant);
                CalibrationFit fit = Calibrator.fit(
                        trained,
                        rows,
                        run.data(plan.validation().split()),
                        plan.falsePositiveRate(),
                        run.spec.seedValue().child("calibration"),
                        run.progress)) {
            Json.write(into.resolve(SUMMARY), fit.summary());
            fit.save(into);
        }
    }

    /** One for each recogniser, when it is calibrated. */
    List<Stage> measurements() {
        List<String> sets = RobustnessStage.sets(run);
        long images = RobustnessStage.size(run, plan);
        return recognisers()
                .map(variant -> new Stage(
                        "robustness/" + variant.name(),
                        () -> List.of(
                                plan.images(),
                                plan.corruptions(),
                                sets.stream()
                                        .map(set -> run.set(set).manifest())
                                        .toList(),
                                weights(variant),
                                fit(variant)),
                        images,
                        Stage.IMAGES,
                        true,
                        into -> {
                            try (Recogniser calibrated =
                                    Recogniser.load(run.recogniser(variant), calibration(variant))) {
                                RobustnessStage stage = new RobustnessStage(run, plan, calibrated, variant);
                                Json.write(into.resolve(RESULT), stage.run(fit(variant), into));
                            }
                            return images;
                        }))
                .toList();
    }

    /** What was measured. */
    List<Robustness> results() {
        return recognisers()
                .map(variant -> run.folder.resolve("robustness/" + variant.name()))
                .map(folder -> Json.read(folder.resolve(RESULT), Robustness.class))
                .toList();
    }

    private Path calibration(Variant variant) {
        return run.folder.resolve("calibration").resolve(variant.name());
    }

    private CalibrationFit.Summary fit(Variant variant) {
        return Json.read(calibration(variant).resolve(SUMMARY), CalibrationFit.Summary.class);
    }

    /** What names a trained recogniser's content. */
    private String weights(Variant variant) {
        Path folder = run.recogniser(variant);
        String g = variant.settings().input().reconstructs() ? Checksums.of(folder.resolve("g.safetensors")) : "";
        return Checksums.of(folder.resolve("psi.safetensors")) + g;
    }
}
