package io.redrl.attack;

import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.function.IntPredicate;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Carlini and Wagner's f for some images, {@code f(x) = max(z_y − max_{i≠y} z_i, −κ)} (targeted:
 * {@code max(max_{i≠t} z_i − z_t, −κ)}), and its gradient.
 *
 * <p>f is flat where the victim is fooled by κ, so only the other images are taken through a backward pass; most steps
 * of most images need none.
 *
 * <p>f and ∇f are of {@linkplain Classifier#lowPrecisionLogits low precision}. That an image is fooled is confirmed in full precision where the
 * caller needs to know for certain.
 */
final class CwMargin {
    private final Classifier victim;
    private final Tensor x;
    private final Objective objective;
    private final double kappa;
    private final IntPredicate certain;
    private final double[] value;
    private final boolean[] fooled;
    private final Tensor gradient;

    /**
     * f and ∇f at {@code x}.
     *
     * @param x {@code [n,C,H,W]}
     * @param objective of these n images
     * @param kappa κ
     * @param likelyFooled guesses, from the step before: those are asked without recording a graph, and once more with
     *     one if the guess was wrong. They change cost, not results
     * @param certain which images count as fooled in full precision only; the others also in low precision
     */
    CwMargin(
            Classifier victim,
            Tensor x,
            Objective objective,
            double kappa,
            boolean[] likelyFooled,
            IntPredicate certain) {
        this.victim = victim;
        this.x = x;
        this.objective = objective;
        this.kappa = kappa;
        this.certain = certain;
        int n = (int) x.size(0);
        value = new double[n];
        fooled = new boolean[n];
        gradient = torch.zeros_like(x);
        Rows guessed = Rows.all(n).where(i -> likelyFooled[i]);
        if (!guessed.isEmpty()) {
            Scopes.run(() -> judge(guessed, Logits.lowPrecision(victim, guessed.of(x))));
        }
        Rows open = Rows.all(n).where(i -> !likelyFooled[i] || !fooled[i]);
        if (!open.isEmpty()) {
            Scopes.run(() -> differentiate(open));
        }
    }

    /** {@code f(x)} per image. */
    double value(int i) {
        return value[i];
    }

    /** Whether the attack succeeds on image i, by κ at least. */
    boolean fooled(int i) {
        return fooled[i];
    }

    /** {@code ∇f}, {@code [n,C,H,W]}, zero for the images that are fooled; in the scope that made this. */
    Tensor gradient() {
        return gradient;
    }

    private void differentiate(Rows open) {
        try (AutoGradMode on = new AutoGradMode(true)) {
            Tensor leaf = Logits.leaf(open.of(x));
            Tensor logits = Logits.recorded(victim, leaf);
            judge(open, logits.detach());
            Rows sloped = open.positions(i -> !fooled[open.at(i)]);
            if (!sloped.isEmpty()) {
                Tensor slope =
                        Tensors.gradient(objective.of(open).margin(logits).sum(), leaf);
                try (NoGradGuard off = new NoGradGuard()) {
                    open.where(i -> !fooled[open.at(i)]).put(gradient, sloped.of(slope));
                }
            }
        }
    }

    private void judge(Rows rows, Tensor logits) {
        try (NoGradGuard off = new NoGradGuard()) {
            note(rows, logits);
            Rows confirmed = rows.where(i -> fooled[rows.at(i)] && certain.test(rows.at(i)));
            if (victim.hasLowPrecision() && !confirmed.isEmpty()) {
                note(confirmed, Logits.of(victim, confirmed.of(x)));
            }
        }
    }

    private void note(Rows rows, Tensor logits) {
        Objective theirs = objective.of(rows);
        double[] margin = Tensors.toDoubles(theirs.margin(logits));
        boolean[] success = theirs.succeeds(logits, kappa);
        for (int i = 0; i < rows.size(); i++) {
            value[rows.at(i)] = Math.max(margin[i], -kappa);
            fooled[rows.at(i)] = success[i];
        }
    }
}
