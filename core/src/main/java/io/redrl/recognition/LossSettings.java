package io.redrl.recognition;

import io.redrl.base.Checks;

/**
 * How the losses are weighed. L_AC has weight 1; a loss of weight 0 is not computed.
 *
 * @param reconstruction λ of L_R
 * @param features λ of L_F
 * @param imageClassification λ of L_IC
 * @param labelSmoothing of L_AC, in [0, 1)
 * @param featureScale unit of the features in L_F
 */
public record LossSettings(
        double reconstruction,
        double features,
        double imageClassification,
        double labelSmoothing,
        FeatureScale featureScale) {
    /** Checks ranges. */
    public LossSettings {
        Checks.inRange("loss weight reconstruction", reconstruction, 0, 1e6);
        Checks.inRange("loss weight features", features, 0, 1e6);
        Checks.inRange("loss weight image-classification", imageClassification, 0, 1e6);
        Checks.require(
                labelSmoothing >= 0 && labelSmoothing < 1, "label-smoothing must be in [0, 1), got %s", labelSmoothing);
    }

    /** The paper's weights 0.01, 0.1 and 1; label smoothing 0.2 and features as they are, as in the authors' code. */
    public static LossSettings paper() {
        return new LossSettings(0.01, 0.1, 1, 0.2, FeatureScale.NONE);
    }

    /** The paper's weights, for features in units of their root mean square. */
    public static LossSettings scaled() {
        return new LossSettings(0.01, 0.1, 1, 0.2, FeatureScale.RMS);
    }

    /** L_AC alone: the control that shows what reconstruction adds. */
    public static LossSettings attackOnly() {
        return new LossSettings(0, 0, 0, 0.2, FeatureScale.NONE);
    }
}
