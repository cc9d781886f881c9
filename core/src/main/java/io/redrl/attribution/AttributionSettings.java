package io.redrl.attribution;

import io.redrl.base.Checks;
import io.redrl.tensor.Precision;

/**
 * Settings of the training of an {@link AttributionTrainer}.
 *
 * @param width channels of the network at full resolution
 * @param depth its blocks at full resolution
 * @param steps of Adam
 * @param pictures in a batch
 * @param versions attacked versions of each, beside the clean one
 * @param rate the greatest learning rate, reached after a short rise and left along a cosine
 * @param weightDecay on weights
 * @param averaging decay of the running means of the weights that are kept in the end, in [0, 1)
 * @param largest side of a crop in pixels
 * @param precision of the convolutions
 * @param seed of weights and batches
 */
public record AttributionSettings(
        int width,
        int depth,
        int steps,
        int pictures,
        int versions,
        double rate,
        double weightDecay,
        double averaging,
        int largest,
        Precision precision,
        long seed) {
    /** Checks ranges. */
    public AttributionSettings {
        Checks.inRange("width", width, 4, 512);
        Checks.inRange("depth", depth, 1, 20);
        Checks.inRange("steps", steps, 1, 10_000_000);
        Checks.inRange("pictures", pictures, 1, 1024);
        Checks.inRange("versions", versions, 1, 64);
        Checks.positive("rate", rate);
        Checks.inRange("weight-decay", weightDecay, 0, 1);
        Checks.inRange("averaging", averaging, 0, 0.99999);
        Checks.inRange("largest", largest, 32, 1024);
    }
}
