package io.redrl.attack;

import io.redrl.base.Checks;

/**
 * Settings of {@link CwL2Attack}.
 *
 * @param c the weight of fooling against distance; with a binary search the first weight tried, in files and on the command line
 *     0.001 unless they say another. The paper uses 100 and 1000
 * @param learningRate Adam's, in tanh space; the paper uses 0.01
 * @param steps the largest number of Adam steps for each c; the paper uses 1000
 * @param confidence κ, the margin in logits by which another class must win; the paper uses 0
 * @param binarySearchSteps how many values of c to try: 1 keeps c as it is, as the paper does; Carlini and Wagner use 9
 * @param abortAfter an image leaves once the mean objective of so many steps is no lower than that of the same number
 *     before; 0 never gives up. The authors' code looks every tenth of the steps
 * @param target the class to reach, if any
 */
public record CwL2Spec(
        double c,
        double learningRate,
        int steps,
        double confidence,
        int binarySearchSteps,
        int abortAfter,
        Target target)
        implements AttackSpec {
    /** The paper's settings, with the smaller of its two c. */
    public static final CwL2Spec DEFAULTS = new CwL2Spec(100, 0.01, 1000, 0, 1, 100, Target.NONE);

    /** Where Carlini and Wagner's binary search starts; from above, its norms come out half as large again. */
    private static final double SEARCHED_FROM = 0.001;

    /** The same with the first c of a binary search. */
    CwL2Spec searching() {
        return new CwL2Spec(SEARCHED_FROM, learningRate, steps, confidence, binarySearchSteps, abortAfter, target);
    }

    /** Refuses values out of range. */
    public CwL2Spec {
        Checks.positive("c", c);
        Checks.positive("learning-rate", learningRate);
        Checks.inRange("steps", steps, 0, MAX_STEPS);
        Checks.inRange("confidence", confidence, 0, 1e6);
        Checks.inRange("binary-search-steps", binarySearchSteps, 1, 100);
        Checks.require(abortAfter >= 0, "abort-after must be at least 0 (0: never), got %d", abortAfter);
    }

    @Override
    public String id() {
        return AttackClass.CW_L2.id();
    }

    @Override
    public boolean targetable() {
        return true;
    }

    @Override
    public Attack newAttack() {
        return new CwL2Attack(this);
    }

    @Override
    public boolean minimalNorm() {
        return true;
    }

    @Override
    public Passes passes() {
        return new Passes("at most about ", binarySearchSteps * (steps + 1L), (long) binarySearchSteps * steps);
    }
}
