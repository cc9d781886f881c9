package io.redrl.attack;

import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Projected gradient descent: signed gradient ascent on cross-entropy inside an L∞ ball.
 *
 * <pre>  x ← Π(x + α · sign ∇ₓ CE(x, y))</pre>
 *
 * Π projects onto {@code {x : ‖x − x₀‖∞ ≤ ε, 0 ≤ x ≤ 1}}.
 *
 * <p>Madry, Makelov, Schmidt, Tsipras and Vladu, <i>Towards Deep Learning Models Resistant to Adversarial Attacks</i>,
 * ICLR 2018, section 2.1 (the equation after (2.1)).
 *
 * <p>Departures:
 * <ul>
 *   <li>the gradient is that of the log-odds, {@link Losses#logOdds}: cross-entropy is an increasing function of them at
 *       each sample, so the signs are the same, and they survive where cross-entropy's gradient underflows;
 *   <li>one start, and the last iterate is returned, successful or not.
 * </ul>
 *
 * @param spec the settings
 */
record PgdAttack(PgdSpec spec) implements Attack {
    @Override
    public Tensor perturb(Classifier victim, AttackBatch batch) {
        return Scopes.scopedNoGrad(() -> {
            Tensor images = batch.images().detach(); // x₀ [N,C,H,W]
            LinfBox box = LinfBox.around(images, spec.epsilon());
            Tensor x = spec.randomStart() ? box.randomStart(batch, spec.epsilon()) : images.clone();
            ascend(victim, x, Tensors.longs(batch.labels()), box, spec.stepSize(), spec.steps());
            return x;
        });
    }

    /** The update rule {@code steps} times, on {@code x} in place. */
    static void ascend(Classifier victim, Tensor x, Tensor labels, LinfBox box, double alpha, int steps) {
        for (int step = 0; step < steps; step++) {
            Scopes.run(() -> {
                Tensor gradient = Logits.gradient(victim, x, logits -> Losses.logOdds(logits, labels));
                try (NoGradGuard guard = new NoGradGuard()) {
                    x.add_(gradient.sign_(), new Scalar(alpha));
                    box.project(x);
                }
            });
        }
    }
}
