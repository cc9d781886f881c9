package io.redrl.identify;

import io.redrl.attack.AttackClass;
import io.redrl.image.Image;
import io.redrl.saliency.ImageSaliency;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What can be said of one image.
 *
 * @param image its name, as it was given
 * @param height in pixels
 * @param width in pixels
 * @param reading how it was read
 * @param verdict id of an {@link AttackClass}, or {@link #UNKNOWN}
 * @param probabilities calibrated, by class id, in the order of {@link AttackClass}; of an unknown image too
 * @param unknownScore how little it looks like anything that training showed
 * @param perturbation the estimated perturbation; empty without a reconstructor, or if the image is too large for it
 * @param box where it sits, if it is local
 * @param epsilon estimated, in [0, 1]; empty if the verdict is an attack without ε, clean or unknown
 * @param victim what a victim says; empty without one
 * @param saliency what of a victim it targets; empty unless asked for
 * @param remarks what a reader should know before believing this, in words
 * @param pictures for people
 */
public record Identification(
        String image,
        int height,
        int width,
        Reading reading,
        String verdict,
        Map<String, Double> probabilities,
        double unknownScore,
        Optional<Perturbation> perturbation,
        Optional<Box> box,
        Optional<Double> epsilon,
        Optional<VictimView> victim,
        Optional<Targets> saliency,
        List<String> remarks,
        Pictures pictures) {
    /** The verdict on an image that looks like nothing that training showed. */
    public static final String UNKNOWN = "unknown";

    /** Copies. */
    public Identification {
        probabilities = Collections.unmodifiableMap(new LinkedHashMap<>(probabilities));
        remarks = List.copyOf(remarks);
    }

    /** The probability of the verdict; nobody has one for an image that is unknown. */
    public Optional<Double> confidence() {
        return Optional.ofNullable(probabilities.get(verdict));
    }

    /** The id of the likeliest class: the verdict, or what an unknown image is nearest to. */
    public String nearest() {
        return Collections.max(probabilities.entrySet(), Map.Entry.comparingByValue())
                .getKey();
    }

    /** The last part of an image's name, which is told as the name of a file and need not be one of this machine's. */
    public static String fileName(String image) {
        return image.substring(image.lastIndexOf('/') + 1);
    }

    /** Whether the verdict is an attack. */
    public boolean isAttacked() {
        return !isUnknown() && !verdict.equals(AttackClass.CLEAN.id());
    }

    /** Whether the verdict is {@link #UNKNOWN}. */
    public boolean isUnknown() {
        return verdict.equals(UNKNOWN);
    }

    /**
     * I − G(I), both as 8-bit images, cut off at ε and at the box where these are known. Of attacks without ε it holds
     * what G blurs too, which at the edges of objects is more than the attack.
     *
     * @param linf its largest value, in [0, 1]
     * @param l2 its Euclidean norm, pixels in [0, 1]
     */
    public record Perturbation(double linf, double l2) {}

    /**
     * A victim's verdicts.
     *
     * @param name the victim
     * @param before on the image
     * @param after on the repaired image; empty if there is none
     */
    public record VictimView(String name, Said before, Optional<Said> after) {}

    /**
     * A victim's verdict.
     *
     * @param label the class's number
     * @param name the class's name, its number if the victim knows no names
     * @param probability softmax, as the victim has it
     */
    public record Said(int label, String name, double probability) {}

    /**
     * What an image targets.
     *
     * @param victim whose filters
     * @param label the class with which saliency was measured: the victim's verdict on the repaired image, or on the image
     * @param filters most salient first
     */
    public record Targets(String victim, int label, List<ImageSaliency.Filter> filters) {
        /** Copies the list. */
        public Targets {
            filters = List.copyOf(filters);
        }
    }

    /**
     * Pictures.
     *
     * @param image what was looked at; scaled down if it is very large
     * @param repaired G's
     * @param perturbation magnified, around grey 128
     * @param saliency the pixels that speak to the victim, laid over the image
     */
    public record Pictures(
            Image image, Optional<Image> repaired, Optional<Image> perturbation, Optional<Image> saliency) {}
}
