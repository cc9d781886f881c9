package io.redrl.recognition;

import io.redrl.base.Checks;

/**
 * What a recogniser is shown in training beside the rows of its set, so that it holds up outside of it.
 *
 * @param augmented the share of a step's images that come changed (compressed, scaled, shifted, with noise), all of an image's rows in the same
 *     way; their classes stay. In [0, 1)
 * @param outliers how many images a step has beside its batch that none of the classes made: Ψ learns to give them no class
 *     (Hendrycks, Mazeika and Dietterich, "Deep Anomaly Detection with Outlier Exposure", ICLR 2019)
 */
public record Exposure(double augmented, int outliers) {
    /** Checks ranges. */
    public Exposure {
        Checks.require(augmented >= 0 && augmented < 1, "augmented must be in [0, 1), got %s", augmented);
        Checks.inRange("outliers", outliers, 0, 1 << 16);
    }
}
