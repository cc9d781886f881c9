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
public final class AttackLosses {
    private static final double NEVER_ZERO = 1e-12;
    private static final double ROUNDING = 1e-6;

    private AttackLosses() {}

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

    /**
     * The difference of logits ratio, {@code −(z_y − max_{i≠y} z_i) / (z_π1 − z_π3)} with z_π1 ≥ z_π2 ≥ …: the margin,
     * freed of the logits' scale. Positive once the victim is fooled, and then at most 1. Croce and Hein, <i>Reliable
     * evaluation of adversarial robustness with an ensemble of diverse parameter-free attacks</i>, ICML 2020, equation (6).
     */
    public static Tensor dlr(Tensor logits, Tensor labels) {
        return Scopes.scoped(() -> {
            Tensor top = top(logits, 3, "the DLR loss");
            return margin(logits, labels).neg().div(spread(top.select(1, 0).sub(top.select(1, 2))));
        });
    }

    /**
     * Its targeted form, {@code −(z_y − z_t) / (z_π1 − (z_π3 + z_π4) / 2)}, equation (7) there; takes targets {@code [N]}
     * int64 as well.
     */
    public static Tensor targetedDlr(Tensor logits, Tensor labels, Tensor targets) {
        return Scopes.scoped(() -> {
            Tensor top = top(logits, 4, "the targeted DLR loss");
            Tensor lower = top.select(1, 2).add(top.select(1, 3)).div(new Scalar(2.0));
            return own(logits, targets)
                    .sub(own(logits, labels))
                    .div(spread(top.select(1, 0).sub(lower)));
        });
    }

    /** The largest {@code count} logits of each sample in falling order. */
    /**
     * Whether a loss is higher than another by more than rounding: kernels round differently in batches of different
     * sizes, and where a change of the image changes nothing, that alone would decide.
     */
    static boolean exceeds(double loss, double other) {
        return loss > other + ROUNDING * Math.max(1, Math.abs(other));
    }

    private static Tensor top(Tensor logits, long count, String loss) {
        Checks.require(
                logits.size(1) >= count,
                "%s needs a victim with at least %d classes, got %d; climb cross-entropy or margin instead",
                loss,
                count,
                logits.size(1));
        return new Tensor(logits.topk(count, 1, true, true).get0());
    }

    /** As the authors' code has it: no division by zero where three logits are the same. */
    private static Tensor spread(Tensor difference) {
        return difference.add(new Scalar(NEVER_ZERO));
    }

    private static Tensor own(Tensor logits, Tensor labels) {
        return logits.gather(1, labels.unsqueeze(1)).squeeze(1);
    }

    private static Tensor others(Tensor logits, Tensor labels) {
        Checks.require(logits.size(1) >= 2, "a loss against other classes needs at least 2 classes, got 1");
        return logits.scatter(1, labels.unsqueeze(1), new Scalar(Double.NEGATIVE_INFINITY));
    }
}
