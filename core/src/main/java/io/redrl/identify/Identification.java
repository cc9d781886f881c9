package io.redrl.identify;

import io.redrl.attack.AttackClass;
import io.redrl.calibration.Prediction;
import io.redrl.evaluation.ClassNames;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.image.Orientation;
import io.redrl.image.Tiling;
import io.redrl.saliency.ImageSaliency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Findings about one image.
 *
 * @param name the image's, as it was given
 * @param shape of the image as viewers show it, as are all pictures
 * @param reading how it was read
 * @param prediction of the recogniser; of several tiles their mean
 * @param image what was looked at: scaled if it was to be, or if it is very large
 * @param repaired G's reconstruction of it; empty without a reconstructor, or if the image is too large for it
 * @param residual the estimated perturbation; empty where nothing was repaired
 * @param box where the perturbation sits, if it is local, in pixels of {@code shape}
 * @param epsilon estimated, in [0, 1]; empty if the verdict is an attack without ε, clean or unknown
 * @param victim what a victim says; empty without one
 * @param remarks what a reader should know before believing this, in words
 */
public record Identification(
        String name,
        ImageShape shape,
        Reading reading,
        Prediction prediction,
        Image image,
        Optional<Image> repaired,
        Optional<Residual> residual,
        Optional<Box> box,
        Optional<Double> epsilon,
        Optional<Victim> victim,
        List<String> remarks) {
    /** The verdict on an image that is unlike anything that training showed. */
    public static final String UNKNOWN = "unknown";

    /** Copies the list. */
    public Identification {
        remarks = List.copyOf(remarks);
    }

    /** What an image is taken for. */
    public enum Outcome {
        /** Not attacked. */
        CLEAN,
        /** Attacked, by a known attack. */
        ATTACKED,
        /** Unlike anything that training showed. */
        UNKNOWN
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
                prediction,
                orientation.shown(image),
                repaired.map(orientation::shown),
                residual.map(found -> new Residual(found.linf(), found.l2(), orientation.shown(found.magnified()))),
                box.map(found -> found.shown(orientation, shape)),
                epsilon,
                victim.map(found -> found.shown(orientation)),
                remarks);
    }

    /** What the image is taken for. */
    public Outcome outcome() {
        if (prediction.unknown()) {
            return Outcome.UNKNOWN;
        }
        return prediction.best() == AttackClass.CLEAN ? Outcome.CLEAN : Outcome.ATTACKED;
    }

    /** The id of the class that the image is taken for, or {@link #UNKNOWN}. */
    public String verdict() {
        return prediction.unknown() ? UNKNOWN : nearest();
    }

    /** The probability of the verdict; nobody has one for an image that is unknown. */
    public Optional<Double> confidence() {
        return prediction.unknown() ? Optional.empty() : Optional.of(prediction.confidence());
    }

    /** The id of the likeliest class: the verdict, or what an unknown image is nearest to. */
    public String nearest() {
        return prediction.best().id();
    }

    /** The probabilities by class id, in the order of {@link AttackClass}; of an unknown image too. */
    public Map<String, Double> probabilities() {
        Map<String, Double> probabilities = new LinkedHashMap<>();
        for (int k = 0; k < prediction.probabilities().size(); k++) {
            probabilities.put(
                    ClassNames.ids().get(k), prediction.probabilities().get(k));
        }
        return probabilities;
    }
}
