package io.redrl.recognition;

import io.redrl.base.Checks;

/**
 * What turns a recogniser's logits into probabilities that can be believed and into the answer "unknown": {@code
 * calibration.json} beside its weights, fitted on validation images that no training saw.
 *
 * @param temperature logits are divided by this before the softmax (Guo et al., "On Calibration of Modern Neural Networks",
 *     2017); positive
 * @param threshold an image whose {@linkplain Judgement#unknownScore() score} is above it is of no class that training knew
 */
public record Calibration(double temperature, double threshold) {
    /** The file's name in a recogniser's folder. */
    public static final String FILE = "calibration.json";

    /** Probabilities as the network gives them, and nothing called unknown: what a recogniser without the file has. */
    public static final Calibration NONE = new Calibration(1, Double.MAX_VALUE);

    /** Checks that the temperature can be divided by and that the threshold is a number. */
    public Calibration {
        Checks.inRange("temperature", temperature, 1e-6, 1e6);
        Checks.require(!Double.isNaN(threshold), "threshold must be a number, got NaN");
    }
}
