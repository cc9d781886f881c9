package io.redrl.attack;

import io.redrl.base.Checks;
import io.redrl.tensor.Norm;

/**
 * Settings of {@link ApgdAttack}. It has no step size: that is the point of it.
 *
 * @param norm of the ball: L∞ or L2
 * @param epsilon ε, the ball's radius: for L∞ the largest change of a value, in [0, 1]; for L2 a Euclidean length
 * @param steps the number of steps of each start; its authors use 100
 * @param restarts how many random starts
 * @param loss what to climb: its authors run it once on cross-entropy and once on DLR
 * @param target the class to reach, if any
 */
public record ApgdSpec(Norm norm, double epsilon, int steps, int restarts, Loss loss, Target target)
        implements AttackSpec {
    /** As in AutoAttack: 100 steps, one start, cross-entropy; with PGD's default ball. */
    public static final ApgdSpec DEFAULTS = new ApgdSpec(Norm.LINF, 8 / 255.0, 100, 1, Loss.CROSS_ENTROPY, Target.NONE);

    /** Refuses values out of range. */
    public ApgdSpec {
        PgdSpec.epsilon(norm, epsilon);
        Checks.inRange("steps", steps, 0, MAX_STEPS);
        Checks.inRange("restarts", restarts, 1, 10_000);
    }

    @Override
    public String id() {
        return "apgd";
    }

    @Override
    public boolean targetable() {
        return true;
    }

    @Override
    public Attack newAttack() {
        return new ApgdAttack(this);
    }

    @Override
    public boolean minimalNorm() {
        return false;
    }

    @Override
    public Passes passes() {
        return new Passes("at most ", restarts * (steps + 1L), (long) restarts * steps);
    }
}
