package io.redrl.attack;

import io.redrl.base.Checks;
import io.redrl.tensor.Norm;

/**
 * Settings of {@link DeepFoolAttack}.
 *
 * @param steps the largest number of steps; the paper uses 50
 * @param overshoot η, by how much the sum of the steps is stretched to cross the boundary, in [0, 1]
 * @param candidates how many classes to consider, the label's included: those with the largest logits
 * @param norm in which the nearest boundary is sought: L2, or L∞
 */
public record DeepFoolSpec(int steps, double overshoot, int candidates, Norm norm) implements AttackSpec {
    /** The paper's 50 steps, with DeepFool's own overshoot of 0.02 and ten classes. */
    public static final DeepFoolSpec DEFAULTS = new DeepFoolSpec(50, 0.02, 10, Norm.L2);

    /** Refuses values out of range. */
    public DeepFoolSpec {
        Checks.inRange("steps", steps, 0, MAX_STEPS);
        Checks.inRange("overshoot", overshoot, 0, 1);
        Checks.require(candidates >= 2, "candidates must be at least 2 (the label and a rival), got %d", candidates);
    }

    @Override
    public String id() {
        return AttackClass.DEEPFOOL.id();
    }

    @Override
    public Attack newAttack() {
        return new DeepFoolAttack(this);
    }

    @Override
    public boolean minimalNorm() {
        return true;
    }

    @Override
    public Passes passes() {
        // One look for the candidates, a prediction before every step and after the last, and in a step exact logits
        // and ones
        // with a graph, from which each rival takes its gradient.
        return new Passes("at most ", 2 + 3L * steps, (candidates - 1L) * steps);
    }
}
