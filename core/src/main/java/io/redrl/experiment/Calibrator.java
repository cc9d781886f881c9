package io.redrl.experiment;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.ImageStack;
import io.redrl.adversarial.SetRows;
import io.redrl.attack.AttackClass;
import io.redrl.base.Checks;
import io.redrl.base.Progress;
import io.redrl.base.Seed;
import io.redrl.calibration.Activations;
import io.redrl.calibration.CalibrationFit;
import io.redrl.calibration.SyntheticOutlier;
import io.redrl.data.ImageDataset;
import io.redrl.recognition.Recogniser;
import io.redrl.tensor.Scopes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Calibration of a trained recogniser: its activations for validation images and for synthetic outliers, and a fit to these. */
final class Calibrator {
    private static final List<AttackClass> ORDER = List.of(AttackClass.values());
    private static final int BATCH = 100;

    private Calibrator() {}

    /**
     * Fits a calibration.
     *
     * @param recogniser one that needs no clean images
     * @param rows of a set of 8-bit validation images: those of the six classes
     * @param data the split that the rows' indices belong to
     * @param falsePositiveRate the share of the validation images that is called unknown, in (0, 1)
     * @param seed of the synthetic outliers
     * @return the fit; the caller closes it
     */
    static CalibrationFit fit(
            Recogniser recogniser,
            List<AdversarialExample> rows,
            ImageDataset data,
            double falsePositiveRate,
            Seed seed,
            Progress progress) {
        boolean exposed = recogniser
                .spec()
                .training()
                .exposure()
                .filter(exposure -> exposure.outliers() > 0)
                .isPresent();
        List<SyntheticOutlier.Image> outliers = SyntheticOutlier.of(
                rows, SyntheticOutlier.others(exposed ? SyntheticOutlier.IN_TRAINING : Set.of()), data, seed);
        try (Progress.Task task =
                progress.start("validating " + recogniser.spec().name(), rows.size() + outliers.size(), "images")) {
            return CalibrationFit.of(
                    activations(recogniser, rows, task, progress),
                    SetRows.heads(rows).stream()
                            .mapToInt(row -> ORDER.indexOf(row.attackClass()))
                            .toArray(),
                    SetRows.heads(rows).stream()
                            .mapToInt(AdversarialExample::index)
                            .toArray(),
                    activations(
                            recogniser,
                            outliers.stream().map(SyntheticOutlier.Image::row).toList(),
                            task,
                            progress),
                    outliers,
                    falsePositiveRate);
        }
    }

    private static Activations activations(
            Recogniser recogniser, List<AdversarialExample> rows, Progress.Task task, Progress progress) {
        Checks.require(!rows.isEmpty(), "validation images of two attacks or more are needed, got none");
        List<Activations> parts = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += BATCH) {
            progress.checkStopped();
            List<AdversarialExample> part = List.copyOf(rows.subList(from, Math.min(rows.size(), from + BATCH)));
            parts.add(Scopes.valuedNoGrad(() -> recogniser.trace(ImageStack.pixels(part), null)));
            task.advance(part.size());
        }
        return Activations.joined(parts);
    }
}
