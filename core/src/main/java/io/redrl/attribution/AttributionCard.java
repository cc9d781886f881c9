package io.redrl.attribution;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The card of a model of attribution: what it was made of and what it is worth.
 *
 * @param settings of network and training
 * @param fit names of the worlds that it learnt from
 * @param calibration fitted on other worlds
 * @param results on images that it neither learnt from nor was calibrated on
 */
public record AttributionCard(
        AttributionSettings settings, List<String> fit, AttributionCalibration calibration, List<WorldResult> results) {
    /** Copies the lists. */
    public AttributionCard {
        fit = List.copyOf(fit);
        results = List.copyOf(results);
    }

    /** How often clean images are called attacked, in a sentence; none if nobody measured it. */
    public List<String> falseAlarms() {
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
