package io.redrl.attack;

import io.redrl.tensor.Norm;

/**
 * Settings of {@link FgsmAttack}.
 *
 * @param norm of the step: L∞, as its authors have it, or L2
 * @param epsilon ε, the length of the one step: for L∞ the change of every value, in [0, 1]; for L2 a Euclidean length
 * @param target the class to reach, if any
 */
public record FgsmSpec(Norm norm, double epsilon, Target target) implements AttackSpec {
    /** PGD's default ball. */
    public static final FgsmSpec DEFAULTS = new FgsmSpec(Norm.LINF, 8 / 255.0, Target.NONE);

    /** Refuses values out of range. */
    public FgsmSpec {
        PgdSpec.epsilon(norm, epsilon);
    }

    @Override
    public String id() {
        return "fgsm";
    }

    @Override
    public boolean targetable() {
        return true;
    }

    @Override
    public Attack newAttack() {
        return new FgsmAttack(this);
    }

    @Override
    public boolean minimalNorm() {
        return false;
    }

    @Override
    public Passes passes() {
        return new Passes("", 1, 1);
    }
}
