package io.redrl.attribution;

import io.redrl.base.Checks;
import io.redrl.image.ImageShape;
import java.util.Optional;

/**
 * Settings of an {@link AttributionFit}.
 *
 * @param least how many images there have to be
 * @param most how many are used of more
 * @param attacks how many attacks every image meets; empty: more where there are fewer images, fewer where they are large
 * @param steps of training
 * @param rate the greatest learning rate
 * @param seed of everything that is drawn
 */
public record FitSettings(int least, int most, Optional<Integer> attacks, int steps, double rate, long seed) {
    /** What 500 images of 32×32 take at most twenty minutes of two cores with. */
    public static final FitSettings DEFAULTS = new FitSettings(60, 1000, Optional.empty(), 1000, 3e-4, 0);

    /** Some of three parts can be neither learnt from nor measured. */
    private static final int LEAST = 10;

    private static final int FEWEST_ATTACKS = 8;
    private static final int MOST_ATTACKS = 24;
    private static final int ATTACKED_IMAGES = 4000;

    /** Bytes of attacked images that are held in memory at once. */
    private static final long MEMORY = 600L << 20;

    /** Checks ranges. */
    public FitSettings {
        Checks.inRange("least", least, LEAST, 1_000_000);
        Checks.inRange("most", most, least, 1_000_000);
        attacks.ifPresent(count -> Checks.inRange("attacks", count, 1, 100));
        Checks.inRange("steps", steps, 1, 1_000_000);
        Checks.positive("rate", rate);
    }

    /** The same with a number of attacks. */
    public FitSettings withAttacks(Optional<Integer> count) {
        return new FitSettings(least, most, count, steps, rate, seed);
    }

    /** The same with a number of steps. */
    public FitSettings withSteps(int count) {
        return new FitSettings(least, most, attacks, count, rate, seed);
    }

    /** The same with a seed. */
    public FitSettings withSeed(long other) {
        return new FitSettings(least, most, attacks, steps, rate, other);
    }

    /** How many attacks each of so many images of that size meets: some thousands in all, as far as memory goes. */
    int attacks(int images, ImageShape shape) {
        int wanted = Math.max(FEWEST_ATTACKS, Math.min(MOST_ATTACKS, ATTACKED_IMAGES / images));
        long room = MEMORY / ((long) images * shape.values()) - 1;
        return attacks.orElse((int) Math.max(1, Math.min(wanted, room)));
    }

    /** How many images of that size are used of more: large ones fill the memory. */
    int most(ImageShape shape) {
        long room = MEMORY / ((1L + attacks.orElse(FEWEST_ATTACKS)) * shape.values());
        return (int) Math.max(least, Math.min(most, room));
    }
}
