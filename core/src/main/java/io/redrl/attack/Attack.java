package io.redrl.attack;

import io.redrl.model.Classifier;
import org.bytedeco.pytorch.Tensor;

/**
 * An attack that is ready to run. Implementations hold their spec and nothing else, so one instance serves any number
 * of victims and threads.
 *
 * <p>Callers use {@link AttackRunner}, which adds rounding, success by a new prediction and norms.
 */
public interface Attack {
    /**
     * Adversarial images.
     *
     * @param victim the classifier to fool
     * @param batch the images; not modified
     * @return {@code [N,C,H,W]} float32 in [0, 1], in the caller's scope; an image on which the attack fails comes back
     *     as its best attempt inside the constraints (minimal-norm attacks: as it was)
     */
    Tensor perturb(Classifier victim, AttackBatch batch);
}
