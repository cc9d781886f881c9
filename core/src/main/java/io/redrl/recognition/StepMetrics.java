package io.redrl.recognition;

/**
 * One line of {@code metrics.jsonl}. Losses are unweighted; one that is not computed is 0.
 *
 * @param step counted from 1
 * @param epoch epochs done, with fractions
 * @param learningRate of this step
 * @param loss the weighted sum
 * @param attack L_AC
 * @param reconstruction L_R
 * @param features L_F, in units of the feature scale
 * @param imageClassification L_IC
 * @param accuracy share of Ψ's right verdicts in this step's examples
 */
public record StepMetrics(
        int step,
        double epoch,
        double learningRate,
        double loss,
        double attack,
        double reconstruction,
        double features,
        double imageClassification,
        double accuracy) {}
