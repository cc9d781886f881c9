package io.redrl.evaluation;

import io.redrl.calibration.Prediction;

/** Rows of predictions that are sure of one class. */
final class Predictions {
    private Predictions() {}

    static PredictionRow row(int index, String attack, String victim, String predicted) {
        double[] probabilities = new double[ClassNames.ids().size()];
        probabilities[ClassNames.ids().indexOf(predicted)] = 1;
        return new PredictionRow(
                PredictionRow.TEST, index, attack, victim, "{}", Prediction.uncalibrated(probabilities));
    }
}
