package io.redrl.recognition;

/**
 * One line of {@code metrics.jsonl}. Losses are unweighted; one that is not computed is 0.
 *
 * @param step counted from 1
 * @param epoch epochs done, with fractions
 * @param learningRate of this step
 * @param loss the weighted sum
 * @param attackLoss L_AC
 * @param reconstructionLoss L_R
 * @param featureLoss L_F, in units of the feature scale
 * @param imageClassificationLoss L_IC
 * @param accuracy share of Ψ's right verdicts in this step's examples
 */
public record StepMetrics(
        int step,
        double epoch,
        double learningRate,
        double loss,
        double attackLoss,
        double reconstructionLoss,
        double featureLoss,
        double imageClassificationLoss,
        double accuracy) {}
