package io.redrl.attack;

import io.redrl.base.Checks;

/**
 * Settings of {@link MiFgsmAttack}.
 *
 * @param epsilon ε, the largest change of a value, in [0, 1]; a step is ε / steps. Its authors use 16/255
 * @param steps the number of steps; its authors use 10
 * @param decay μ, how much of the gathered gradient stays from step to step, in [0, 100]: 0 forgets it all, and its authors
 *     use 1
 * @param target the class to reach, if any
 */
public record MiFgsmSpec(double epsilon, int steps, double decay, Target target) implements AttackSpec {
    /** Its authors' settings, with PGD's default ε. */
    public static final MiFgsmSpec DEFAULTS = new MiFgsmSpec(8 / 255.0, 10, 1, Target.NONE);

    /** Refuses values out of range. */
    public MiFgsmSpec {
        Checks.pixelDistance("epsilon", epsilon);
        Checks.inRange("steps", steps, 0, MAX_STEPS);
        Checks.inRange("decay", decay, 0, 100);
    }

    @Override
    public String id() {
        return "mi-fgsm";
    }

    @Override
    public boolean targetable() {
        return true;
    }

    @Override
    public Attack newAttack() {
        return new MiFgsmAttack(this);
    }

    @Override
    public boolean minimalNorm() {
        return false;
    }

    @Override
    public Passes passes() {
        return new Passes("", steps, steps);
    }
}
