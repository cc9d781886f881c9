package io.redrl.attack;

import io.redrl.base.Checks;

/**
 * Settings of {@link EadAttack}.
 *
 * @param beta β, what a change of a value by 1 costs besides its square, and the change below which a value snaps back to
 *     the image's; its authors use 0.001 to 0.1. 0 leaves L2 alone
 * @param c the weight of fooling against distance; with a binary search the first weight tried. Its authors use 0.001
 * @param learningRate the first step's size, which falls with the square root of the steps left; its authors use 0.01
 * @param steps the number of steps for each c; its authors use 1000
 * @param confidence κ, the margin in logits by which another class must win; its authors use 0 and more
 * @param binarySearchSteps how many values of c to try; its authors use 9
 * @param abortAfter an image leaves once the mean objective of so many steps is no lower than that of the same
 *     number before; 0 never gives up
 * @param rule which of the images that fool is the nearest
 * @param target the class to reach, if any
 */
public record EadSpec(
        double beta,
        double c,
        double learningRate,
        int steps,
        double confidence,
        int binarySearchSteps,
        int abortAfter,
        Rule rule,
        Target target)
        implements AttackSpec {
    /** How far an image is from the clean one. */
    public enum Rule {
        /** By the elastic net, {@code β ‖δ‖₁ + ‖δ‖₂²}. */
        EN,
        /** By {@code ‖δ‖₁}. */
        L1
    }

    /** Its authors' settings, with the same early end as {@link CwL2Spec#DEFAULTS}. */
    public static final EadSpec DEFAULTS = new EadSpec(0.001, 0.001, 0.01, 1000, 0, 9, 100, Rule.EN, Target.NONE);

    /** Refuses values out of range. */
    public EadSpec {
        Checks.inRange("beta", beta, 0, 1);
        Checks.positive("c", c);
        Checks.positive("learning-rate", learningRate);
        Checks.inRange("steps", steps, 0, MAX_STEPS);
        Checks.inRange("confidence", confidence, 0, 1e6);
        Checks.inRange("binary-search-steps", binarySearchSteps, 1, 100);
        Checks.require(abortAfter >= 0, "abort-after must be at least 0 (0: never), got %d", abortAfter);
    }

    @Override
    public String id() {
        return "ead";
    }

    @Override
    public boolean targetable() {
        return true;
    }

    @Override
    public Attack newAttack() {
        return new EadAttack(this);
    }

    @Override
    public boolean minimalNorm() {
        return true;
    }

    @Override
    public Passes passes() {
        return new Passes("at most about ", binarySearchSteps * (2L * steps + 1), (long) binarySearchSteps * steps);
    }
}
