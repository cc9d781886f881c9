package io.redrl.identify;

import io.redrl.base.Checks;
import io.redrl.image.LargeImagePolicy;

/**
 * How images are identified.
 *
 * @param fit what is done with larger images
 * @param mostTiles of one image; more are thinned out evenly
 * @param details whether repair, perturbation, box, ε and victim are looked at, or the verdict alone
 * @param saliency whether it is told which filters and pixels of the victim the image targets; takes seconds for an image
 * @param gain how many times the picture of the perturbation is magnified
 */
public record IdentifySettings(LargeImagePolicy fit, int mostTiles, boolean details, boolean saliency, int gain) {
    /** Tiles, at most 64 of an image, everything but saliency, perturbations magnified 8 times. */
    public static final IdentifySettings DEFAULTS = new IdentifySettings(LargeImagePolicy.TILES, 64, true, false, 8);

    /** Checks the numbers. */
    public IdentifySettings {
        Checks.inRange("tiles", mostTiles, 1, 1_000_000);
        Checks.inRange("the perturbation's gain", gain, 1, 255);
    }

    /** The same with another fit. */
    public IdentifySettings withFit(LargeImagePolicy newFit) {
        return new IdentifySettings(newFit, mostTiles, details, saliency, gain);
    }

    /** The verdict alone. */
    public IdentifySettings verdictOnly() {
        return new IdentifySettings(fit, mostTiles, false, false, gain);
    }

    /** The same with saliency. */
    public IdentifySettings withSaliency() {
        return new IdentifySettings(fit, mostTiles, true, true, gain);
    }
}
