package io.redrl.attack;

import io.redrl.base.Checks;

/**
 * Settings of {@link NoiseAttack}, which is none: what a perturbation of that strength does by chance.
 *
 * @param epsilon ε, in [0, 1]: the largest change of a value (uniform), or the standard deviation of the change (normal)
 * @param distribution of the change of each value
 */
public record NoiseSpec(double epsilon, Distribution distribution) implements AttackSpec {
    /** Where noise comes from. */
    public enum Distribution {
        /** Uniform in [−ε, ε]. */
        UNIFORM,
        /** Normal with mean 0 and standard deviation ε. */
        GAUSSIAN
    }

    /** PGD's default ball, entered at random. */
    public static final NoiseSpec DEFAULTS = new NoiseSpec(8 / 255.0, Distribution.UNIFORM);

    /** Refuses values out of range. */
    public NoiseSpec {
        Checks.pixelDistance("epsilon", epsilon);
    }

    @Override
    public String id() {
        return "noise";
    }

    @Override
    public Attack newAttack() {
        return new NoiseAttack(this);
    }

    @Override
    public boolean minimalNorm() {
        return false;
    }

    @Override
    public Passes passes() {
        return new Passes("", 0, 0);
    }
}
