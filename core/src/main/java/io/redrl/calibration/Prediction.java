package io.redrl.calibration;

import io.redrl.attack.AttackClass;
import io.redrl.stats.OrderStatistics;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Prediction of a recogniser for one image: calibrated class probabilities and an out-of-distribution score.
 *
 * @param probabilities calibrated, in the order of {@link AttackClass}; their sum is 1
 * @param oodScore how unlike the training data the image is, see {@link OodScore}: the greater, the less alike
 * @param unknown whether the score is above the calibration's threshold, so that the answer is "unknown"
 */
public record Prediction(List<Double> probabilities, double oodScore, boolean unknown) {
    private static final List<AttackClass> ORDER = List.of(AttackClass.values());

    /** Copies the list. */
    public Prediction {
        probabilities = List.copyOf(probabilities);
    }

    /** The prediction of a recogniser without calibration: never unknown, the score is 1 − the greatest probability. */
    public static Prediction uncalibrated(double... probabilities) {
        return new Prediction(
                Arrays.stream(probabilities).boxed().toList(),
                1 - Arrays.stream(probabilities).max().orElse(1),
                false);
    }

    /** The class with the greatest probability, the first of several, whatever the score. */
    public AttackClass best() {
        return ORDER.get(OrderStatistics.argmax(
                probabilities.stream().mapToDouble(Double::doubleValue).toArray()));
    }

    /** The probability of {@link #best}. */
    public double confidence() {
        return Collections.max(probabilities);
    }
}
