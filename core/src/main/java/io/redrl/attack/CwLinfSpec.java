package io.redrl.attack;

import io.redrl.base.Checks;

/**
 * Settings of {@link CwLinfAttack}.
 *
 * @param epsilon ε, the largest change of a value, in [0, 1]; the paper uses 4/255, 8/255 and 16/255
 * @param c the weight of the objective; the paper uses 5. Adam divides by the gradient's size, so it hardly matters
 * @param learningRate Adam's, in pixel space; the paper uses 0.005
 * @param steps the number of Adam steps; the paper uses 100
 * @param confidence κ, the margin in logits by which another class must win
 * @param target the class to reach, if any
 */
public record CwLinfSpec(double epsilon, double c, double learningRate, int steps, double confidence, Target target)
        implements AttackSpec {
    /** The paper's settings, with its middle ε. */
    public static final CwLinfSpec DEFAULTS = new CwLinfSpec(8 / 255.0, 5, 0.005, 100, 0, Target.NONE);

    /** Refuses values out of range. */
    public CwLinfSpec {
        Checks.pixelDistance("epsilon", epsilon);
        Checks.positive("c", c);
        Checks.positive("learning-rate", learningRate);
        Checks.inRange("steps", steps, 0, MAX_STEPS);
        Checks.inRange("confidence", confidence, 0, 1e6);
    }

    @Override
    public String id() {
        return AttackClass.CW_LINF.id();
    }

    @Override
    public boolean targetable() {
        return true;
    }

    @Override
    public Attack newAttack() {
        return new CwLinfAttack(this);
    }

    @Override
    public boolean minimalNorm() {
        return false;
    }

    @Override
    public Passes passes() {
        return new Passes("at most about ", steps + 1L, steps);
    }
}
