package io.redrl.attack;

import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import org.bytedeco.pytorch.Tensor;

/**
 * Fast gradient sign method: one step of length ε.
 *
 * <pre>  x = Π(x₀ + ε · sign ∇ₓ L(x₀, y))</pre>
 *
 * <p>Goodfellow, Shlens and Szegedy, <i>Explaining and Harnessing Adversarial Examples</i>, ICLR 2015, section 4.
 *
 * <p>Departures: cut to [0, 1]; on L2 the gradient divided by its length takes the place of its sign; targeted, it
 * descends on the target's loss. It is {@link PgdAttack} with a single step from the image, log-odds for cross-entropy
 * included.
 *
 * @param spec the settings
 */
record FgsmAttack(FgsmSpec spec) implements Attack {
    @Override
    public Tensor perturb(Classifier victim, AttackBatch batch) {
        double epsilon = spec.epsilon();
        if (epsilon == 0) {
            return Scopes.scopedNoGrad(() -> batch.images().detach().clone());
        }
        return new PgdSpec(spec.norm(), epsilon, epsilon, 1, false, 1, Loss.CROSS_ENTROPY, false, spec.target())
                .newAttack()
                .perturb(victim, batch);
    }
}
