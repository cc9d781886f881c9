package io.redrl.attack;

import io.redrl.base.Checks;
import io.redrl.tensor.Scopes;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Losses of single samples, in forms whose gradients stay exact for images that the victim is sure of. All take logits
 * {@code [N,K]} with K ≥ 2 and labels {@code [N]} int64, and return {@code [N]} in the caller's scope, with a graph if
 * the logits have one.
 *
 * <p>The label's own logit is replaced by −∞ where only the others count; multiplying it with zero would let a zero win
 * against logits that are all negative.
 */
public final class Losses {
    private Losses() {}

    /**
     * Cross-entropy as {@code softplus(logsumexp_{i≠y} z_i − z_y)}. Equal to {@code −log softmax(z)_y}, but the usual
     * gradient {@code softmax − onehot} cancels in the label's class, with a relative error near 6e-8/loss in float32;
     * this one does not.
     */
    public static Tensor crossEntropy(Tensor logits, Tensor labels) {
        return Scopes.scoped(() -> torch.softplus(logOdds(logits, labels)));
    }

    /**
     * The log-odds against the label, {@code logsumexp_{i≠y} z_i − z_y}: cross-entropy before its softplus. As softplus
     * increases strictly, its gradient has the signs of cross-entropy's at every sample, and it does not underflow.
     */
    public static Tensor logOdds(Tensor logits, Tensor labels) {
        return Scopes.scoped(
                () -> others(logits, labels).logsumexp(new long[] {1}, false).sub(own(logits, labels)));
    }

    /**
     * The label's lead, {@code z_y − max_{i≠y} z_i}: negative once the victim is fooled (Carlini and Wagner's f before
     * its cut-off at −κ).
     */
    public static Tensor margin(Tensor logits, Tensor labels) {
        return Scopes.scoped(
                () -> own(logits, labels).sub(others(logits, labels).amax(new long[] {1}, false)));
    }

    private static Tensor own(Tensor logits, Tensor labels) {
        return logits.gather(1, labels.unsqueeze(1)).squeeze(1);
    }

    private static Tensor others(Tensor logits, Tensor labels) {
        Checks.require(logits.size(1) >= 2, "a loss against other classes needs at least 2 classes, got 1");
        return logits.scatter(1, labels.unsqueeze(1), new Scalar(Double.NEGATIVE_INFINITY));
    }
}
