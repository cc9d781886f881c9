package io.redrl.stats;

import io.redrl.base.Checks;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a recogniser is right as often as it says: images in {@link #BINS} bins of equal width by how sure it was of its answer
 * (Guo et al., "On Calibration of Modern Neural Networks", ICML 2017).
 *
 * @param bins those that have images, from unsure to sure
 */
public record Reliability(List<Bin> bins) {
    /** How many bins [0, 1] is divided into. */
    public static final int BINS = 15;

    /** Copies the list. */
    public Reliability {
        bins = List.copyOf(bins);
    }

    /**
     * The images of one bin.
     *
     * @param confidence the mean of how sure it was, in [0, 1]
     * @param right how often it was right
     */
    public record Bin(double confidence, Proportion right) {}

    /**
     * Sorts answers into bins {@code ((b−1)/15, b/15]}.
     *
     * @param confidence how sure it was of each answer, in [0, 1]
     * @param right whether the answer was right
     */
    public static Reliability of(double[] confidence, boolean[] right) {
        Checks.require(
                confidence.length == right.length, "%d answers have %d verdicts", confidence.length, right.length);
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

    /** How many answers there are. */
    public int size() {
        return bins.stream().mapToInt(b -> b.right().n()).sum();
    }

    /** The expected calibration error: |accuracy − confidence| of each bin, weighed by its images; NaN without images. */
    public double expectedError() {
        double sum = bins.stream()
                .mapToDouble(b -> b.right().n() * Math.abs(b.right().value() - b.confidence()))
                .sum();
        return size() == 0 ? Double.NaN : sum / size();
    }
}
