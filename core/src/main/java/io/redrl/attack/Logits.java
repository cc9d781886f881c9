package io.redrl.attack;

import io.redrl.base.Checks;
import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;

/** The checked logits of a victim; attacks ask it in no other way. */
final class Logits {
    private Logits() {}

    /** Logits {@code [N,K]} of {@code images}, finite, in the caller's scope: what predictions are made from. */
    static Tensor of(Classifier victim, Tensor images) {
        return Scopes.scoped(() -> checked(victim, images, victim.logits(images)));
    }

    /** Like {@link #of}, perhaps in a lower precision: good enough for directions, not for predictions. */
    static Tensor lowPrecision(Classifier victim, Tensor images) {
        return Scopes.scoped(() -> checked(victim, images, victim.lowPrecisionLogits(images)));
    }

    private static Tensor checked(Classifier victim, Tensor images, Tensor logits) {
        Checks.shape("the logits of victim " + victim.id(), Tensors.shape(logits), images.size(0), victim.classes());
        Checks.require(
                logits.detach().isfinite().all().item_bool(),
                "victim %s returned NaN or infinite logits; check its weights and its normalisation",
                victim.id());
        return logits;
    }

    /** The victim's predictions. */
    static long[] predict(Classifier victim, Tensor images) {
        return Scopes.valuedNoGrad(() -> Tensors.argmax(of(victim, images)));
    }

    /**
     * The gradient of each sample's loss with respect to its own pixels: samples do not mix in a victim that is in
     * evaluation mode, so one backward pass of the sum gives all.
     *
     * @param images {@code [N,C,H,W]}, without a graph
     * @param loss from (low-precision) logits {@code [N,K]} to losses {@code [N]}
     * @return like {@code images}, in the caller's scope
     */
    static Tensor gradient(Classifier victim, Tensor images, UnaryOperator<Tensor> loss) {
        return Scopes.scoped(() -> {
            try (AutoGradMode grad = new AutoGradMode(true)) {
                Tensor x = leaf(images);
                return Tensors.gradient(loss.apply(recorded(victim, x)).sum(), x);
            }
        });
    }

    /** A view of {@code images} that records gradients. */
    static Tensor leaf(Tensor images) {
        return images.detach().requires_grad_(true);
    }

    /** Low-precision logits with a graph back to {@code leaf}; to be called where gradients are recorded. */
    static Tensor recorded(Classifier victim, Tensor leaf) {
        Tensor logits = lowPrecision(victim, leaf);
        Checks.require(
                logits.requires_grad(),
                "victim %s passes no gradient to its input, so white-box attacks cannot use it",
                victim.id());
        return logits;
    }
}
