package io.redrl.stats;

import io.redrl.base.Checks;
import java.util.Arrays;

/**
 * Area under the receiver operating characteristic (AUROC): the probability that a score is greater for a random positive than for
 * a random negative, ties counting half.
 *
 * @param value in [0, 1]; 0.5 is a coin
 * @param standardError by DeLong, DeLong and Clarke-Pearson (Biometrics, 1988); NaN with fewer than two of either kind
 * @param positives how many there were
 * @param negatives how many there were
 */
public record Auroc(double value, double standardError, int positives, int negatives) {

    /**
     * Counts in O(n log n).
     *
     * @param positive scores that should be large; at least one
     * @param negative scores that should be small; at least one
     */
    public static Auroc of(double[] positive, double[] negative) {
        Checks.require(
                positive.length > 0 && negative.length > 0,
                "an AUROC compares two kinds of images, got %d and %d",
                positive.length,
                negative.length);
        double[] ofPositives = placements(positive, negative);
        double[] ofNegatives = placements(negative, positive);
        double value = Arrays.stream(ofPositives).average().orElse(Double.NaN);
        double variance = variance(ofPositives) / positive.length + variance(ofNegatives) / negative.length;
        return new Auroc(value, Math.sqrt(variance), positive.length, negative.length);
    }

    /** A 95 % interval by the normal approximation, cut off at 0 and 1; [0, 1] where there is no standard error. */
    public Interval interval() {
        double half = Interval.Z * standardError;
        return Double.isNaN(half)
                ? new Interval(0, 1)
                : new Interval(Math.max(0, value - half), Math.min(1, value + half));
    }

    /** For each of {@code scores} the share of {@code others} below it, equal ones counting half. */
    private static double[] placements(double[] scores, double[] others) {
        double[] sorted = others.clone();
        Arrays.sort(sorted);
        double[] places = new double[scores.length];
        for (int i = 0; i < scores.length; i++) {
            int below = OrderStatistics.below(sorted, scores[i], false);
            int notAbove = OrderStatistics.below(sorted, scores[i], true);
            places[i] = (below + notAbove) / (2.0 * sorted.length);
        }
        return places;
    }

    private static double variance(double[] values) {
        double mean = Arrays.stream(values).average().orElse(Double.NaN);
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        return values.length < 2 ? Double.NaN : squares / (values.length - 1);
    }
}
