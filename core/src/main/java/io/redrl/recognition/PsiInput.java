package io.redrl.recognition;

import io.redrl.base.Checks;
import io.redrl.features.LinearPredictionResidual;
import io.redrl.features.SrmFilters;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * The tensors that Ψ is given for some images; the input map that it sees is made from them by {@link #maps}.
 *
 * @param adversarial I_adv, {@code [N,3,H,W]} float32 in [0, 1]
 * @param clean I_c; null unless the input needs it (the oracle)
 * @param reconstructed G(I_adv), not clamped; null unless the input reconstructs
 * @param victims what known victims say of the images; null without victim features
 */
record PsiInput(
        Tensor adversarial,
        @Nullable Tensor clean,
        @Nullable Tensor reconstructed,
        Networks.@Nullable VictimInput victims) {
    /** Maps of what filters leave are cut to this, after scaling, so that edges of objects do not outweigh perturbations. */
    private static final double LIMIT = 1;

    /** Where a pixel is predicted well a quarter of a grey level counts; where it is not, whole ones do. */
    private static final double FINE_GAIN = 4;

    /** {@code [N,channels,H,W]}: the maps of the spec's input, then the image from −1 to 1; caller's scope. */
    Tensor maps(RecogniserSpec spec) {
        Tensor image = adversarial.sub(new Scalar(0.5)).mul(new Scalar(2.0));
        Scalar scale = new Scalar(spec.residualScale());
        return switch (spec.input()) {
            case IMAGE -> image;
            case PERTURBATION_AND_IMAGE ->
                joined(adversarial.sub(given(clean, spec)).mul(scale), image);
            case RESIDUAL_AND_IMAGE -> joined(residual(spec).mul(scale), image);
            case SRM_AND_IMAGE -> joined(srm(scale), image);
            case RESIDUAL_SRM_AND_IMAGE -> joined(residual(spec).mul(scale), joined(srm(scale), image));
            case LINEAR_PREDICTION_RESIDUAL_AND_IMAGE -> joined(linearPrediction(scale), joined(srm(scale), image));
        };
    }

    private Tensor residual(RecogniserSpec spec) {
        return residual(adversarial, given(reconstructed, spec));
    }

    /** I_r = I_adv − clamp(G(I_adv), 0, 1), as the authors' code has it; float32. */
    static Tensor residual(Tensor adversarial, Tensor reconstructed) {
        return Scopes.scoped(() -> adversarial.sub(reconstructed.clamp(Tensors.scalar(0), Tensors.scalar(1))));
    }

    private Tensor srm(Scalar scale) {
        return cut(SrmFilters.maps(adversarial).mul(scale));
    }

    private Tensor linearPrediction(Scalar scale) {
        Tensor residuals =
                LinearPredictionResidual.of(adversarial).residuals(adversarial).mul(scale);
        return joined(cut(residuals.mul(new Scalar(FINE_GAIN))), cut(residuals));
    }

    private static Tensor cut(Tensor maps) {
        return maps.clamp(Tensors.scalar(-LIMIT), Tensors.scalar(LIMIT));
    }

    private static Tensor joined(Tensor maps, Tensor image) {
        return torch.cat(new TensorVector(maps, image), 1);
    }

    private static Tensor given(@Nullable Tensor tensor, RecogniserSpec spec) {
        if (tensor == null) {
            Checks.require(
                    !spec.input().needsClean(),
                    "%s needs the clean image beside the adversarial one: it is an oracle, and cannot judge an image alone",
                    spec.name());
            throw new IllegalStateException(spec.name() + " needs G(I_adv)");
        }
        return tensor;
    }
}
