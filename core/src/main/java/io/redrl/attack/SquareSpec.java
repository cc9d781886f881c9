package io.redrl.attack;

import io.redrl.base.Checks;

/**
 * Settings of {@link SquareAttack}.
 *
 * @param epsilon ε, the change of every value that 0 and 1 do not cut short, in [0, 1]; its authors use 0.05 for ImageNet
 *     and 8/255 for CIFAR-10
 * @param steps the number of queries per image, the stripes included; its authors use 10 000 and, in AutoAttack, 5000
 * @param share p, the share of the image that the first squares cover, in (0, 1]; its authors use 0.05, and 0.8 where
 *     the victim is robust, as AutoAttack does
 * @param target the class to reach, if any
 */
public record SquareSpec(double epsilon, int steps, double share, Target target) implements AttackSpec {
    /** As in AutoAttack, with PGD's default ε. */
    public static final SquareSpec DEFAULTS = new SquareSpec(8 / 255.0, 5000, 0.8, Target.NONE);

    /** Refuses values out of range. */
    public SquareSpec {
        Checks.pixelDistance("epsilon", epsilon);
        Checks.inRange("steps", steps, 0, MAX_STEPS);
        Checks.positive("share", Checks.inRange("share", share, 0, 1));
    }

    @Override
    public String id() {
        return "square";
    }

    @Override
    public boolean targetable() {
        return true;
    }

    @Override
    public Attack newAttack() {
        return new SquareAttack(this);
    }

    @Override
    public boolean minimalNorm() {
        return false;
    }

    @Override
    public Passes passes() {
        return new Passes("at most ", steps, 0);
    }
}
