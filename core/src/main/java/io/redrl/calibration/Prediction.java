package io.redrl.calibration;

import io.redrl.stats.OrderStatistics;
import java.util.List;

/**
 * What a recogniser says of one image.
 *
 * @param probabilities calibrated, in the order of {@link io.redrl.attack.AttackClass}; their sum is 1
 * @param unknownScore how little the image looks like anything that training showed: larger is stranger
 * @param unknown whether the score is above the calibration's threshold
 */
public record Prediction(List<Double> probabilities, double unknownScore, boolean unknown) {
    /** Copies the list. */
    public Prediction {
        probabilities = List.copyOf(probabilities);
    }

    /** The class with the greatest probability: an index into {@link #probabilities}. */
    public int best() {
        return OrderStatistics.argmax(
                probabilities.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
