package io.redrl.attack;

import io.redrl.base.Checks;

/**
 * Settings of {@link PatchAttack}.
 *
 * @param epsilon ε, the largest change of a value inside the patch, in [0, 1]; the paper uses 4/255, 8/255 and 16/255
 * @param height the patch's height in pixels; the paper uses 4, 8 and 16
 * @param width the patch's width in pixels
 * @param stepSize α, how far a value moves per step, in (0, 1]; the paper gives none
 * @param steps the number of steps; the paper uses 100
 * @param randomStart whether to start at random values inside the patch or at the image
 */
public record PatchSpec(double epsilon, int height, int width, double stepSize, int steps, boolean randomStart)
        implements AttackSpec {
    /**
     * The paper's settings, with its middle ε and patch. Steps of 2/255 reach the largest ε in eight of the hundred
     * steps and still move in halves of the smallest.
     */
    public static final PatchSpec DEFAULTS = new PatchSpec(8 / 255.0, 8, 8, 2 / 255.0, 100, false);

    /** Refuses values out of range. */
    public PatchSpec {
        Checks.pixelDistance("epsilon", epsilon);
        Checks.positive("height", height);
        Checks.positive("width", width);
        Checks.positive("step-size", Checks.pixelDistance("step-size", stepSize));
        Checks.positive("steps", steps);
    }

    @Override
    public AttackClass attackClass() {
        return AttackClass.PATCH;
    }

    @Override
    public Attack newAttack() {
        return new PatchAttack(this);
    }

    @Override
    public boolean minimalNorm() {
        return false;
    }
}
