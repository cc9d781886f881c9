package io.redrl.attribution;

import io.redrl.base.Checks;

/**
 * Settings of the training that teaches a model of attribution to ask suspects.
 *
 * @param steps of Adam; 0 for a model that asks nobody
 * @param batch images of a step
 * @param rate the greatest learning rate
 * @param weightDecay on weights
 * @param megapixels that suspects are asked about in each world, more are thinned out evenly: asking takes most of the time
 * @param seed of weights, batches, and of who is suspected
 */
public record SuspectSettings(int steps, int batch, double rate, double weightDecay, double megapixels, long seed) {
    /** What brought most where it was tried. */
    public static final SuspectSettings DEFAULTS = new SuspectSettings(4000, 256, 2e-3, 1e-4, 8, 1);

    /** Checks ranges. */
    public SuspectSettings {
        Checks.inRange("steps", steps, 0, 10_000_000);
        Checks.inRange("batch", batch, 2, 65_536);
        Checks.positive("rate", rate);
        Checks.inRange("weight-decay", weightDecay, 0, 1);
        Checks.positive("megapixels", megapixels);
    }
}
