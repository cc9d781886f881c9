package io.redrl.stats;

import io.redrl.base.Checks;
import java.util.ArrayList;
import java.util.List;

/**
 * Reliability diagram: accuracy by confidence, in {@link #BINS} bins of equal width (Guo et al., "On Calibration of Modern Neural
 * Networks", ICML 2017).
 *
 * @param bins those that have predictions, by rising confidence
 */
public record Reliability(List<Bin> bins) {
    /** How many bins [0, 1] is divided into. */
    public static final int BINS = 15;

    /** Copies the list. */
    public Reliability {
        bins = List.copyOf(bins);
    }

    /**
     * The predictions of one bin.
     *
     * @param confidence their mean confidence, in [0, 1]
     * @param right how many were right
     */
    public record Bin(double confidence, Proportion right) {}

    /**
     * Sorts predictions into bins {@code ((b−1)/15, b/15]}.
     *
     * @param confidence the probability of each predicted class, in [0, 1]
     * @param right whether the prediction was right
     */
    public static Reliability of(double[] confidence, boolean[] right) {
        Checks.require(
                confidence.length == right.length, "%d confidences have %d verdicts", confidence.length, right.length);
        double[] sums = new double[BINS];
        int[] hits = new int[BINS];
        int[] n = new int[BINS];
        for (int i = 0; i < right.length; i++) {
            double sure = Checks.inRange("confidence", confidence[i], 0, 1 + 1e-9);
            int bin = Math.max(0, Math.min(BINS, (int) Math.ceil(sure * BINS)) - 1);
            sums[bin] += sure;
            hits[bin] += right[i] ? 1 : 0;
            n[bin]++;
        }
        List<Bin> bins = new ArrayList<>();
        for (int b = 0; b < BINS; b++) {
            if (n[b] > 0) {
                bins.add(new Bin(sums[b] / n[b], new Proportion(hits[b], n[b])));
            }
        }
        return new Reliability(bins);
    }

    /** The number of predictions. */
    public int size() {
        return bins.stream().mapToInt(b -> b.right().n()).sum();
    }

    /** The expected calibration error (ECE): |accuracy − confidence| of each bin, weighted by its size; NaN without predictions. */
    public double expectedError() {
        double sum = bins.stream()
                .mapToDouble(b -> b.right().n() * Math.abs(b.right().value() - b.confidence()))
                .sum();
        return size() == 0 ? Double.NaN : sum / size();
    }
}
