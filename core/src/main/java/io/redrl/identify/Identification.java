package io.redrl.identify;

import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.image.Orientation;
import io.redrl.image.Tiling;
import io.redrl.saliency.ImageSaliency;
import java.util.List;
import java.util.Optional;

/**
 * Findings about one image.
 *
 * @param name the image's, as it was given
 * @param shape of the image as viewers show it, as are all pictures
 * @param reading how it was read
 * @param verdict what the image is taken for
 * @param image what was looked at: scaled down if it is very large
 * @param repaired G's reconstruction of it; empty without a reconstructor, or if the image is too large for it
 * @param residual the estimated perturbation; empty where nothing was repaired
 * @param box where the perturbation sits, if it is local, in pixels of {@code shape}
 * @param epsilon estimated, in [0, 1]; empty if the verdict is an attack without ε, clean or unknown
 * @param strength of the attack with intervals; empty if the image is clean or the judge cannot tell
 * @param victim what a victim says; empty without one
 * @param suspects names of the suspected victims that were asked; none if the verdict is from the image alone
 * @param remarks what a reader should know before believing this, in words
 */
public record Identification(
        String name,
        ImageShape shape,
        Reading reading,
        Verdict verdict,
        Image image,
        Optional<Image> repaired,
        Optional<Residual> residual,
        Optional<Box> box,
        Optional<Double> epsilon,
        Optional<Strength> strength,
        Optional<Victim> victim,
        List<String> suspects,
        List<String> remarks) {
    /** Copies the lists. */
    public Identification {
        suspects = List.copyOf(suspects);
        remarks = List.copyOf(remarks);
    }

    /**
     * How an image was read.
     *
     * @param how as a whole or in tiles
     * @param tiles those that were looked at
     * @param tilesInAll those that would cover the image
     * @param agreeing those whose own verdict is the image's
     */
    public record Reading(Tiling.Kind how, int tiles, int tilesInAll, int agreeing) {}

    /**
     * What a victim says.
     *
     * @param name the victim
     * @param input the shape to which images were scaled for it
     * @param before on the image
     * @param after on the repaired image; empty if there is none
     * @param saliency what of it the image activates; empty unless asked for
     */
    public record Victim(
            String name,
            ImageShape input,
            VictimPrediction before,
            Optional<VictimPrediction> after,
            Optional<Saliency> saliency) {
        private Victim shown(Orientation orientation) {
            return new Victim(
                    name,
                    input,
                    before,
                    after,
                    saliency.map(
                            found -> new Saliency(found.label(), found.filters(), orientation.shown(found.overlay()))));
        }
    }

    /**
     * Prediction of a victim: its likeliest class.
     *
     * @param label the class's number
     * @param name the class's name, its number if the victim knows no names
     * @param probability softmax, as the victim has it
     */
    public record VictimPrediction(int label, String name, double probability) {}

    /**
     * Filter saliency of an image.
     *
     * @param label the class with which it was measured: the victim's verdict on the repaired image, or on the image
     * @param filters the most salient first
     * @param overlay the salient pixels, laid over the image
     */
    public record Saliency(int label, List<ImageSaliency.Filter> filters, Image overlay) {
        /** Copies the list. */
        public Saliency {
            filters = List.copyOf(filters);
        }
    }

    /**
     * The same as people see it: pictures and box turned as viewers turn the image. What was found is of the image as it is stored.
     *
     * @param orientation of the stored image
     */
    Identification shown(Orientation orientation) {
        if (orientation == Orientation.UPRIGHT) {
            return this;
        }
        return new Identification(
                name,
                orientation.shown(shape),
                reading,
                verdict,
                orientation.shown(image),
                repaired.map(orientation::shown),
                residual.map(found -> new Residual(found.linf(), found.l2(), orientation.shown(found.magnified()))),
                box.map(found -> found.shown(orientation, shape)),
                epsilon,
                strength,
                victim.map(found -> found.shown(orientation)),
                suspects,
                remarks);
    }

    /** What the image is taken for. */
    public Verdict.Outcome outcome() {
        return verdict.outcome();
    }
}
