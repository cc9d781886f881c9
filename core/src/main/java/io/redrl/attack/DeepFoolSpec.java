package io.redrl.attack;

import io.redrl.base.Checks;

/**
 * Settings of {@link DeepFoolAttack}.
 *
 * @param steps the largest number of steps; the paper uses 50
 * @param overshoot η, by how much the sum of the steps is stretched to cross the boundary, in [0, 1]
 * @param candidates how many classes to consider, the label's included: those with the largest logits
 */
public record DeepFoolSpec(int steps, double overshoot, int candidates) implements AttackSpec {
    /** The paper's 50 steps, with DeepFool's own overshoot of 0.02 and ten classes. */
    public static final DeepFoolSpec DEFAULTS = new DeepFoolSpec(50, 0.02, 10);

    /** Refuses values out of range. */
    public DeepFoolSpec {
        Checks.positive("steps", steps);
        Checks.inRange("overshoot", overshoot, 0, 1);
        Checks.require(candidates >= 2, "candidates must be at least 2 (the label and a rival), got %d", candidates);
    }

    @Override
    public AttackClass attackClass() {
        return AttackClass.DEEPFOOL;
    }

    @Override
    public Attack newAttack() {
        return new DeepFoolAttack(this);
    }

    @Override
    public boolean minimalNorm() {
        return true;
    }
}
