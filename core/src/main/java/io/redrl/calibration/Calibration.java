package io.redrl.calibration;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.redrl.attack.AttackClass;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import java.util.Optional;

/**
 * Calibration of a recogniser: what turns its logits into calibrated probabilities and its OOD score into the answer "unknown". It
 * is {@code calibration.json} beside the weights, fitted on validation images that no training saw.
 *
 * @param temperature logits are divided by this before the softmax (Guo et al., "On Calibration of Modern Neural Networks",
 *     2017); positive
 * @param scaling used instead of the temperature, where that did better on validation images; a file may leave it out
 * @param threshold images with a greater {@linkplain Prediction#oodScore() OOD score} are called unknown
 * @param score which score that is; what it was fitted to lies beside, in {@link OodScore#FILE}
 */
public record Calibration(
        double temperature,

        @JacksonInject(value = Json.OR_ABSENT, useInput = OptBoolean.TRUE)
        Optional<VectorScaling> scaling,

        double threshold,
        OodMethod score) {
    /** The file's name in a recogniser's folder. */
    public static final String FILE = "calibration.json";

    /** Probabilities as the network gives them, and nothing called unknown: what a recogniser without the file has. */
    public static final Calibration NONE = new Calibration(1, Double.MAX_VALUE);

    /** Checks that the temperature can be divided by and that the threshold is a number. */
    public Calibration {
        Checks.inRange("temperature", temperature, 1e-6, 1e6);
        int classes = AttackClass.values().length;
        scaling.ifPresent(s -> Checks.require(
                s.factors().size() == classes,
                "vector scaling needs %d factors, got %d",
                classes,
                s.factors().size()));
        Checks.require(!Double.isNaN(threshold), "threshold must be a number, got NaN");
    }

    /** A calibration by temperature alone. */
    public Calibration(double temperature, double threshold, OodMethod score) {
        this(temperature, Optional.empty(), threshold, score);
    }

    /** A calibration whose score is 1 − the greatest probability, which needs no file of its own. */
    public Calibration(double temperature, double threshold) {
        this(temperature, threshold, OodMethod.MAX_SOFTMAX);
    }

    /** Calibrated probabilities from logits; the sum is 1. */
    public double[] probabilities(double[] logits) {
        return scaling.map(s -> s.probabilities(logits)).orElseGet(() -> Temperature.softmax(logits, temperature));
    }
}
