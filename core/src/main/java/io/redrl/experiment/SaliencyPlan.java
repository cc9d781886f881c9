package io.redrl.experiment;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.data.IndexRanges;
import io.redrl.saliency.InputSaliency;
import java.util.Map;
import java.util.Optional;

/**
 * Settings of an experiment's saliency; what a file leaves out is as in {@link #DEFAULTS}.
 *
 * @param statistics the images of the test split over which μ and σ are taken, such as {@code 0-9999}; at least two
 * @param images at most so many images for each profile, the first that qualify
 * @param signed whether ŝ is {@code (s − μ)/σ}, as in the original work, or its absolute value, as in equation (6)
 * @param maps so many images get input-space maps, in [0, 50]
 * @param filters how many filters are boosted for a map
 * @param boost what they are multiplied with
 * @param permutations for the tests whether two attacks differ
 * @param megabytes for activations and gradients in each lane
 * @param epsilon of attacks that have one, the profiles are of the configurations with this one: 16/255 in the paper. Of every
 *     configuration if left out of the file
 */
public record SaliencyPlan(
        String statistics,
        int images,
        boolean signed,
        int maps,
        int filters,
        double boost,
        int permutations,
        int megabytes,

        @JacksonInject(value = Json.OR_ABSENT, useInput = OptBoolean.TRUE) @JsonInclude(JsonInclude.Include.NON_ABSENT)
        Optional<Double> epsilon) {
    /** Settings that a file may leave out; the statistics are then those of the test set's images. */
    static final Map<String, Object> DEFAULTS = Map.of(
            "images",
            256,
            "signed",
            false,
            "maps",
            4,
            "filters",
            10,
            "boost",
            100,
            "permutations",
            1000,
            "megabytes",
            1024);

    /** Refuses values out of range. */
    public SaliencyPlan {
        Checks.require(
                IndexRanges.parse(statistics).length >= 2, "statistics take two images or more, got %s", statistics);
        Checks.positive("images", images);
        Checks.inRange("maps", maps, 0, 50);
        Checks.positive("permutations", permutations);
        Checks.positive("megabytes", megabytes);
        epsilon.ifPresent(size -> Checks.positive("epsilon", size));
        inputSaliency(filters, boost, signed);
    }

    /** How maps are made. */
    InputSaliency inputSaliency() {
        return inputSaliency(filters, boost, signed);
    }

    private static InputSaliency inputSaliency(int filters, double boost, boolean signed) {
        return new InputSaliency(filters, boost, signed);
    }
}
