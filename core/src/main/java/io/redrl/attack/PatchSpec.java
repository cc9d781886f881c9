package io.redrl.attack;

import io.redrl.base.Checks;
import io.redrl.image.ImageShape;

/**
 * Settings of {@link PatchAttack}.
 *
 * @param epsilon ε, the largest change of a value inside the patch, in [0, 1]; the paper uses 4/255, 8/255 and 16/255, and
 *     1 leaves the patch free, as in LaVAN
 * @param height the patch's height in pixels; the paper uses 4, 8 and 16
 * @param width the patch's width in pixels
 * @param place where it lies: {@code random} (drawn for each image), {@code centre}, or the row and column of its upper
 *     left corner, such as {@code 0,24}
 * @param stepSize α, how far a value moves per step, in (0, 1]; the paper gives none
 * @param steps the number of steps; the paper uses 100
 * @param randomStart whether to start at random values inside the patch or at the image
 * @param loss what to climb
 * @param target the class to reach, if any
 */
public record PatchSpec(
        double epsilon,
        int height,
        int width,
        String place,
        double stepSize,
        int steps,
        boolean randomStart,
        Loss loss,
        Target target)
        implements AttackSpec {
    /** A place drawn for each image. */
    public static final String RANDOM = "random";

    /** The middle of the image. */
    public static final String CENTRE = "centre";

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
        Checks.require(
                place.matches(RANDOM + "|" + CENTRE + "|\\d{1,5},\\d{1,5}"),
                "place must be %s, %s, or ROW,COLUMN of the patch's upper left corner, got '%s'",
                RANDOM,
                CENTRE,
                place);
        Checks.positive("step-size", Checks.pixelDistance("step-size", stepSize));
        Checks.inRange("steps", steps, 0, MAX_STEPS);
    }

    /** Untargeted, at a random place, on cross-entropy: the paper's form. */
    public PatchSpec(double epsilon, int height, int width, double stepSize, int steps, boolean randomStart) {
        this(epsilon, height, width, RANDOM, stepSize, steps, randomStart, Loss.CROSS_ENTROPY, Target.NONE);
    }

    @Override
    public String id() {
        return AttackClass.PATCH.id();
    }

    @Override
    public boolean targetable() {
        return true;
    }

    @Override
    public Attack newAttack() {
        return new PatchAttack(this);
    }

    @Override
    public boolean minimalNorm() {
        return false;
    }

    @Override
    public Passes passes() {
        return new Passes("", steps, steps);
    }

    @Override
    public void requireFits(ImageShape images, int classes) {
        target.requireAmong(classes);
        Checks.require(
                height <= images.height() && width <= images.width(),
                "a patch of %d×%d pixels does not fit an image of %d×%d; choose a smaller height and width",
                height,
                width,
                images.height(),
                images.width());
        int mostRow = images.height() - height;
        int mostColumn = images.width() - width;
        boolean fixed = place.indexOf(',') > 0;
        Checks.require(
                !fixed || (row() <= mostRow && column() <= mostColumn),
                "a patch of %d×%d pixels at %s leaves the image; its corner may be at most at %d,%d",
                height,
                width,
                place,
                mostRow,
                mostColumn);
    }

    /** The row of the upper left corner, where {@code place} names it. */
    int row() {
        return Integer.parseInt(place.substring(0, place.indexOf(',')));
    }

    /** The column of the upper left corner, where {@code place} names it. */
    int column() {
        return Integer.parseInt(place.substring(place.indexOf(',') + 1));
    }
}
