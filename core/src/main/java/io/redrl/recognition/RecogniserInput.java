package io.redrl.recognition;

import io.redrl.features.LinearPredictionResidual;
import io.redrl.features.SrmFilters;

/**
 * What the attack classifier Ψ sees beside the image. One code trains REDRL and everything it is compared with; they
 * differ in this setting alone.
 */
public enum RecogniserInput {
    /** The image alone: Ψ(I_adv). */
    IMAGE(0),
    /** The true perturbation and the image, Ψ(δ, I_adv): an oracle, since nobody has δ outside an experiment. */
    PERTURBATION_AND_IMAGE(3),
    /** The residual that the reconstructor leaves and the image, Ψ(I_adv − clamp(G(I_adv), 0, 1), I_adv): REDRL. */
    RESIDUAL_AND_IMAGE(3),
    /** Fixed high-pass maps and the image: a control that finds residuals without any reconstruction. */
    SRM_AND_IMAGE(SrmFilters.MAPS),
    /** The residual, fixed high-pass maps and the image: what G leaves and what filters leave, side by side. */
    RESIDUAL_SRM_AND_IMAGE(3 + SrmFilters.MAPS),
    /** What neighbours and other colours do not tell of a pixel ({@link LinearPredictionResidual}), fixed high-pass maps and the image. */
    LINEAR_PREDICTION_RESIDUAL_AND_IMAGE(LinearPredictionResidual.MAPS + SrmFilters.MAPS);

    private final int maps;

    RecogniserInput(int maps) {
        this.maps = maps;
    }

    /** The number of input channels of Ψ: the maps of this input, then the three colours. */
    public int channels() {
        return maps + 3;
    }

    /** Whether recognition needs the clean image. */
    public boolean needsClean() {
        return this == PERTURBATION_AND_IMAGE;
    }

    /** Whether a reconstructor is trained and used. */
    public boolean reconstructs() {
        return this == RESIDUAL_AND_IMAGE || this == RESIDUAL_SRM_AND_IMAGE;
    }
}
