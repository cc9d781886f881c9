package io.redrl.identify;

import io.redrl.base.Checks;
import io.redrl.image.LargeImagePolicy;
import java.util.Optional;

/**
 * Settings of identification.
 *
 * @param largeImages what a recogniser of the paper's classes does with images larger than its own
 * @param mostTiles of one image for it; more are thinned out evenly
 * @param depth how much is looked at
 * @param gain how many times the picture of the perturbation is magnified
 * @param classes that verdicts are in
 * @param prior the share of attacked images among those that the user expects to meet, in (0, 1); empty for the model's own, which
 *     keeps false alarms rare
 */
public record IdentifySettings(
        LargeImagePolicy largeImages, int mostTiles, Depth depth, int gain, Classes classes, Optional<Double> prior) {
    /** Tiles, at most 64 of an image, everything but saliency, perturbations magnified 8 times, all classes, the model's prior. */
    public static final IdentifySettings DEFAULTS =
            new IdentifySettings(LargeImagePolicy.TILES, 64, Depth.DETAILS, 8, Classes.ALL, Optional.empty());

    /** Classes that verdicts of a model of attribution are in. */
    public enum Classes {
        /** Families and their algorithms. */
        ALL,
        /** The paper's six. */
        PAPER
    }

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
        prior.ifPresent(share ->
                Checks.require(share > 0 && share < 1, "prior must be a share between 0 and 1, got %s", share));
    }

    /** The same with another policy for large images. */
    public IdentifySettings with(LargeImagePolicy policy) {
        return new IdentifySettings(policy, mostTiles, depth, gain, classes, prior);
    }

    /** The same at another depth. */
    public IdentifySettings with(Depth newDepth) {
        return new IdentifySettings(largeImages, mostTiles, newDepth, gain, classes, prior);
    }

    /** The same with verdicts in other classes. */
    public IdentifySettings with(Classes newClasses) {
        return new IdentifySettings(largeImages, mostTiles, depth, gain, newClasses, prior);
    }

    /** The same with another prior. */
    public IdentifySettings withPrior(double share) {
        return new IdentifySettings(largeImages, mostTiles, depth, gain, classes, Optional.of(share));
    }

    /** Whether more than the prediction is looked at. */
    boolean details() {
        return depth != Depth.VERDICT;
    }
}
