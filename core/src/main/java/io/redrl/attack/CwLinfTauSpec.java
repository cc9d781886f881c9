package io.redrl.attack;

import io.redrl.base.Checks;

/**
 * Settings of {@link CwLinfTauAttack}; the defaults are those of the authors' code but for {@code c}, {@code abortAfter}
 * and {@code refinements}.
 *
 * @param c the first weight of fooling against staying below τ; it doubles until the attack succeeds. The authors begin at
 *     1e-5
 * @param largestC an image is given up when c reaches this
 * @param learningRate Adam's, in tanh space
 * @param steps the largest number of Adam steps for each pair of τ and c
 * @param confidence κ, the margin in logits by which another class must win
 * @param decrease what τ is multiplied with after a success, in (0, 1)
 * @param refinements how often the gap between the last τ that failed and the smallest that did not is halved; 0 in the
 *     original
 * @param abortAfter an image stops trying a τ once the mean objective of so many steps is no lower than that of the same
 *     number before; 0 never stops early, as in the original
 * @param target the class to reach, if any
 */
public record CwLinfTauSpec(
        double c,
        double largestC,
        double learningRate,
        int steps,
        double confidence,
        double decrease,
        int refinements,
        int abortAfter,
        Target target)
        implements AttackSpec {
    /** The authors' settings, with a larger first c, an early stop and two refinements. */
    public static final CwLinfTauSpec DEFAULTS = new CwLinfTauSpec(1e-2, 20, 5e-3, 1000, 0, 0.9, 2, 50, Target.NONE);

    /** Refuses values out of range. */
    public CwLinfTauSpec {
        Checks.positive("c", c);
        Checks.require(largestC > c && Double.isFinite(largestC), "largest-c must exceed c %s, got %s", c, largestC);
        Checks.positive("learning-rate", learningRate);
        Checks.inRange("steps", steps, 0, MAX_STEPS);
        Checks.inRange("confidence", confidence, 0, 1e6);
        Checks.require(decrease > 0 && decrease < 1, "decrease must be in (0, 1), got %s", decrease);
        Checks.inRange("refinements", refinements, 0, 30);
        Checks.require(abortAfter >= 0, "abort-after must be at least 0 (0: never), got %d", abortAfter);
    }

    @Override
    public String id() {
        return "cw-linf-tau";
    }

    @Override
    public boolean targetable() {
        return true;
    }

    @Override
    public Attack newAttack() {
        return new CwLinfTauAttack(this);
    }

    @Override
    public boolean minimalNorm() {
        return true;
    }

    @Override
    public Passes passes() {
        // Thresholds from 1 down to a grey level, and those between a failure and a success.
        long thresholds = Math.round(Math.ceil(Math.log(255) / -Math.log(decrease))) + refinements;
        return new Passes("at most about ", thresholds * (steps + 1L), thresholds * steps);
    }
}
