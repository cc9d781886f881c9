package io.redrl.attack;

import io.redrl.base.Checks;

/**
 * Settings of {@link PgdAttack}.
 *
 * @param epsilon ε, the largest change of a value, in [0, 1]; the paper uses 4/255, 8/255 and 16/255
 * @param stepSize α, how far a value moves per step, in (0, 1]; the paper uses 0.01
 * @param steps the number of steps; the paper uses 100
 * @param randomStart whether to start at a random place in the ball, as Madry et al. do, or at the image
 */
public record PgdSpec(double epsilon, double stepSize, int steps, boolean randomStart) implements AttackSpec {
    /** The paper's settings, with its middle ε. */
    public static final PgdSpec DEFAULTS = new PgdSpec(8 / 255.0, 0.01, 100, true);

    /** Refuses values out of range. */
    public PgdSpec {
        Checks.pixelDistance("epsilon", epsilon);
        Checks.positive("step-size", Checks.pixelDistance("step-size", stepSize));
        Checks.positive("steps", steps);
    }

    @Override
    public AttackClass attackClass() {
        return AttackClass.PGD;
    }

    @Override
    public Attack newAttack() {
        return new PgdAttack(this);
    }

    @Override
    public boolean minimalNorm() {
        return false;
    }
}
