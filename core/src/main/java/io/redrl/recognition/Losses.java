package io.redrl.recognition;

import io.redrl.tensor.Scopes;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The losses of REDRL (Souri et al., §4.2, equations 1 to 5). Each returns a float32 scalar with a graph, in the caller's
 * scope.
 */
public final class Losses {
    private static final long MEAN = 1;
    private static final long NO_IGNORED_CLASS = -100;

    private Losses() {}

    /**
     * L_R = E ‖I_c − G(I_adv)‖₁: the sum over an image's values, averaged over the batch.
     *
     * @param clean {@code [N,3,H,W]} float32 in [0, 1]
     * @param reconstructed {@code [N,3,H,W]} float32, not clamped
     */
    public static Tensor reconstruction(Tensor clean, Tensor reconstructed) {
        return Scopes.scoped(() -> reconstructed.sub(clean).abs().sum().div(new Scalar((double) clean.size(0))));
    }

    /**
     * L_F = E ‖F(I_c) − F(G(I_adv))‖₂: the Euclidean length of an image's difference in features, averaged over the
     * batch.
     *
     * @param clean {@code [N, …]} features of the clean images, floating point
     * @param reconstructed {@code [N, …]} features of the reconstructed images, floating point
     */
    public static Tensor features(Tensor clean, Tensor reconstructed) {
        return Scopes.scoped(() -> {
            Tensor difference = reconstructed.to(ScalarType.Float).sub(clean.to(ScalarType.Float));
            return difference
                    .flatten(1, -1)
                    .norm(new ScalarOptional(new Scalar(2.0)), 1)
                    .mean();
        });
    }

    /**
     * L_IC = E CE(Φ(G(I_adv)), argmax Φ(I_c)): the victim should see in the reconstruction what it sees in the clean
     * image.
     *
     * @param logits {@code [N,K]} Φ of the reconstructed images
     * @param cleanPredictions {@code [N]} int64, argmax Φ(I_c)
     */
    public static Tensor imageClassification(Tensor logits, Tensor cleanPredictions) {
        return crossEntropy(logits, cleanPredictions, 0);
    }

    /**
     * L_AC = E CE(Ψ(…), attack class) with label smoothing: the target is {@code 1 − s + s/A} at the true class and
     * {@code s/A} at the others (Szegedy et al., 2016).
     *
     * @param logits {@code [N,A]} Ψ's logits
     * @param attackClasses {@code [N]} int64 in [0, A)
     * @param smoothing s, in [0, 1); 0.2 in the authors' code
     */
    public static Tensor attackClassification(Tensor logits, Tensor attackClasses, double smoothing) {
        return crossEntropy(logits, attackClasses, smoothing);
    }

    /**
     * Outlier exposure: the cross-entropy between the uniform distribution and Ψ's (Hendrycks et al., ICLR 2019).
     *
     * @param logits {@code [N,A]} Ψ's logits of images of no known class
     */
    public static Tensor outliers(Tensor logits) {
        return Scopes.scoped(
                () -> logits.to(ScalarType.Float).log_softmax(1).mean().neg());
    }

    private static Tensor crossEntropy(Tensor logits, Tensor targets, double smoothing) {
        return Scopes.scoped(() -> torch.cross_entropy_loss(
                logits.to(ScalarType.Float), targets, new TensorOptional(), MEAN, NO_IGNORED_CLASS, smoothing));
    }
}
