package io.redrl.attack;

import io.redrl.base.Checks;
import io.redrl.tensor.Norm;

/**
 * Settings of {@link PgdAttack}.
 *
 * @param norm of the ball: L∞ in the paper
 * @param epsilon ε, the ball's radius: for L∞ the largest change of a value, in [0, 1] (the paper uses 4/255, 8/255 and
 *     16/255); for L2 a Euclidean length
 * @param stepSize α, the length of a step in that norm; the paper uses 0.01
 * @param steps the number of steps; the paper uses 100
 * @param randomStart whether to start at a random place in the ball, as Madry et al. do, or at the image
 * @param restarts how many starts; more than 1 needs a random start. Of several, each image keeps the last place of the
 *     first start that fooled, or else of the start with the highest loss
 * @param loss what to climb
 * @param stopAtSuccess whether an image leaves at its first success, which is then its result; otherwise all steps are
 *     taken and the last place is returned, as in the paper
 * @param target the class to reach, if any
 */
public record PgdSpec(
        Norm norm,
        double epsilon,
        double stepSize,
        int steps,
        boolean randomStart,
        int restarts,
        Loss loss,
        boolean stopAtSuccess,
        Target target)
        implements AttackSpec {
    /** The paper's settings, with its middle ε. */
    public static final PgdSpec DEFAULTS = new PgdSpec(8 / 255.0, 0.01, 100, true);

    /** Refuses values out of range. */
    public PgdSpec {
        epsilon(norm, epsilon);
        Checks.positive("step-size", epsilon("step-size", norm, stepSize));
        Checks.inRange("steps", steps, 0, MAX_STEPS);
        Checks.inRange("restarts", restarts, 1, 10_000);
        Checks.require(restarts == 1 || randomStart, "restarts %d are all the same without random-start", restarts);
    }

    /** Untargeted, L∞, one start, cross-entropy, all steps: the paper's form. */
    public PgdSpec(double epsilon, double stepSize, int steps, boolean randomStart) {
        this(Norm.LINF, epsilon, stepSize, steps, randomStart, 1, Loss.CROSS_ENTROPY, false, Target.NONE);
    }

    /** Refuses a radius that does not suit the norm. */
    static void epsilon(Norm norm, double epsilon) {
        epsilon("epsilon", norm, epsilon);
    }

    private static double epsilon(String name, Norm norm, double value) {
        return norm == Norm.LINF ? Checks.pixelDistance(name, value) : Checks.inRange(name, value, 0, 1e4);
    }

    @Override
    public String id() {
        return AttackClass.PGD.id();
    }

    @Override
    public boolean targetable() {
        return true;
    }

    @Override
    public Attack newAttack() {
        return new PgdAttack(this);
    }

    @Override
    public boolean minimalNorm() {
        return false;
    }

    @Override
    public Passes passes() {
        long passes = (long) steps * restarts;
        return new Passes("", passes, passes);
    }
}
