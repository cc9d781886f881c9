package io.redrl.attribution;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.redrl.base.Json;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The card of a model of attribution: what it was made of and what it is worth.
 *
 * @param settings of network and training
 * @param fit names of the worlds that it learnt from
 * @param calibration fitted on other worlds
 * @param results on images that it neither learnt from nor was calibrated on
 * @param suspects the same where suspected victims are asked too; empty if it has not learnt to
 */
public record AttributionCard(
        AttributionSettings settings,
        List<String> fit,
        AttributionCalibration calibration,
        List<WorldResult> results,

        @JacksonInject(value = Json.OR_ABSENT, useInput = OptBoolean.TRUE) @JsonInclude(JsonInclude.Include.NON_ABSENT)
        Optional<WithSuspects> suspects) {
    /**
     * What holds where suspects are asked.
     *
     * @param settings of the training
     * @param calibration fitted with the attacked victim among the suspects of half of the attacked images
     * @param results of worlds, with and without the attacked victim among the suspects
     */
    public record WithSuspects(
            SuspectSettings settings, AttributionCalibration calibration, List<WorldResult> results) {
        /** Copies the list. */
        public WithSuspects {
            results = List.copyOf(results);
        }

        /** As {@link AttributionCard#falseAlarms()}. */
        public List<String> falseAlarms() {
            return AttributionCard.falseAlarms(results);
        }
    }

    /** Of a model that asks nobody. */
    public AttributionCard(
            AttributionSettings settings,
            List<String> fit,
            AttributionCalibration calibration,
            List<WorldResult> results) {
        this(settings, fit, calibration, results, Optional.empty());
    }

    /** Copies the lists. */
    public AttributionCard {
        fit = List.copyOf(fit);
        results = List.copyOf(results);
    }

    /** How often clean images are called attacked, in a sentence; none if nobody measured it. */
    public List<String> falseAlarms() {
        return falseAlarms(results);
    }

    private static List<String> falseAlarms(List<WorldResult> results) {
        List<WorldResult> clean = results.stream()
                .filter(result -> result.cleanCalledAttacked().n() > 0)
                .toList();
        if (clean.isEmpty()) {
            return List.of();
        }
        int alarms = clean.stream()
                .mapToInt(result -> result.cleanCalledAttacked().hits())
                .sum();
        int images = clean.stream()
                .mapToInt(result -> result.cleanCalledAttacked().n())
                .sum();
        WorldResult worst = Collections.max(clean, Comparator.comparingDouble(result -> result.cleanCalledAttacked()
                .value()));
        return List.of(String.format(
                Locale.ROOT,
                "Of 1,000 clean images it calls %.0f attacked (%d images measured), at worst %.0f (%s).",
                1000.0 * alarms / images,
                images,
                1000 * worst.cleanCalledAttacked().value(),
                worst.world()));
    }
}
