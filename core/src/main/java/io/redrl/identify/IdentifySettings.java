package io.redrl.identify;

import io.redrl.base.Checks;
import io.redrl.image.LargeImagePolicy;

/**
 * Settings of identification.
 *
 * @param largeImages what is done with images larger than the recogniser's
 * @param mostTiles of one image; more are thinned out evenly
 * @param depth how much is looked at
 * @param gain how many times the picture of the perturbation is magnified
 */
public record IdentifySettings(LargeImagePolicy largeImages, int mostTiles, Depth depth, int gain) {
    /** Tiles, at most 64 of an image, everything but saliency, perturbations magnified 8 times. */
    public static final IdentifySettings DEFAULTS = new IdentifySettings(LargeImagePolicy.TILES, 64, Depth.DETAILS, 8);

    /** How much is looked at, from quick to thorough. */
    public enum Depth {
        /** The prediction alone. */
        VERDICT,
        /** Also repair, perturbation, box, ε, and what a victim says. */
        DETAILS,
        /** Also which filters and pixels of the victim the image activates, which takes about a second for each image. */
        SALIENCY
    }

    /** Checks the numbers. */
    public IdentifySettings {
        Checks.inRange("tiles", mostTiles, 1, 1_000_000);
        Checks.inRange("the perturbation's gain", gain, 1, 255);
    }

    /** The same with another policy for large images. */
    public IdentifySettings with(LargeImagePolicy policy) {
        return new IdentifySettings(policy, mostTiles, depth, gain);
    }

    /** The same at another depth. */
    public IdentifySettings with(Depth newDepth) {
        return new IdentifySettings(largeImages, mostTiles, newDepth, gain);
    }

    /** Whether more than the prediction is looked at. */
    boolean details() {
        return depth != Depth.VERDICT;
    }
}
