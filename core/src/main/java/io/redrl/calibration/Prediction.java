package io.redrl.calibration;

import io.redrl.stats.OrderStatistics;
import java.util.List;

/**
 * Prediction of a recogniser for one image: calibrated class probabilities and an out-of-distribution score.
 *
 * @param probabilities calibrated, in the order of {@link io.redrl.attack.AttackClass}; their sum is 1
 * @param oodScore how unlike the training data the image is, see {@link OodScore}: the greater, the less alike
 * @param unknown whether the score is above the calibration's threshold, so that the answer is "unknown"
 */
public record Prediction(List<Double> probabilities, double oodScore, boolean unknown) {
    /** Copies the list. */
    public Prediction {
        probabilities = List.copyOf(probabilities);
    }

    /** The class with the greatest probability, the first of several: an index into {@link #probabilities}. */
    public int best() {
        return OrderStatistics.argmax(
                probabilities.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
