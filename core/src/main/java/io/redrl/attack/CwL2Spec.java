package io.redrl.attack;

import io.redrl.base.Checks;

/**
 * Settings of {@link CwL2Attack}.
 *
 * @param c the weight of fooling against distance; with a binary search the first weight tried. The paper uses 100 and
 *     1000
 * @param learningRate Adam's, in tanh space; the paper uses 0.01
 * @param steps the largest number of Adam steps for each c; the paper uses 1000
 * @param confidence κ, the margin in logits by which another class must win; the paper uses 0
 * @param binarySearchSteps how many values of c to try: 1 keeps c as it is, as the paper does; Carlini and Wagner use 9
 * @param abortAfter an image leaves after this many steps without a lower objective; 0 never gives up
 */
public record CwL2Spec(
        double c, double learningRate, int steps, double confidence, int binarySearchSteps, int abortAfter)
        implements AttackSpec {
    /** The paper's settings, with the smaller of its two c. */
    public static final CwL2Spec DEFAULTS = new CwL2Spec(100, 0.01, 1000, 0, 1, 50);

    /** Refuses values out of range. */
    public CwL2Spec {
        Checks.positive("c", c);
        Checks.positive("learning-rate", learningRate);
        Checks.positive("steps", steps);
        Checks.inRange("confidence", confidence, 0, 1e6);
        Checks.inRange("binary-search-steps", binarySearchSteps, 1, 100);
        Checks.require(abortAfter >= 0, "abort-after must be at least 0 (0: never), got %d", abortAfter);
    }

    @Override
    public AttackClass attackClass() {
        return AttackClass.CW_L2;
    }

    @Override
    public Attack newAttack() {
        return new CwL2Attack(this);
    }

    @Override
    public boolean minimalNorm() {
        return true;
    }
}
