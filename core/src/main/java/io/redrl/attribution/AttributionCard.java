package io.redrl.attribution;

import java.util.List;

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
}
