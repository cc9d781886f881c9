package io.redrl.stats;

import java.util.Arrays;

/**
 * Order statistics of a sample: its median, its quantiles, and where its maximum is. Arguments are left as they are.
 *
 * <p>Quantiles have two definitions here, numbered as by Hyndman and Fan ("Sample Quantiles in Statistical Packages", 1996):
 * {@link #quantile} is one of the values (type 1), {@link #interpolated} may lie between two (type 7, the default of NumPy and R).
 */
public final class OrderStatistics {
    private OrderStatistics() {}

    /** The median: of an even number of values the mean of the middle two; NaN of none. */
    public static double median(double... values) {
        double[] sorted = ascending(values);
        int n = sorted.length;
        return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }

    /**
     * The quantile of type 1: the smallest value that at least a share {@code p} of the values does not exceed. Of a median it is
     * the lower of the middle two.
     *
     * @param values at least one
     * @param p in [0, 1]
     */
    public static double quantile(double[] values, double p) {
        return quantileOfSorted(ascending(values), p);
    }

    /** {@link #quantile} of values in ascending order. */
    public static double quantileOfSorted(double[] ascending, double p) {
        return ascending[Math.max(0, (int) Math.ceil(p * ascending.length) - 1)];
    }

    /**
     * The quantile of type 7: order statistics joined by straight lines, the smallest at 0 and the largest at 1.
     *
     * @param values at least one
     * @param p in [0, 1]
     */
    public static double interpolated(double[] values, double p) {
        double[] sorted = ascending(values);
        double place = p * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    /** The number of values below {@code value}, or not above it. */
    public static int below(double[] ascending, double value, boolean orEqual) {
        int low = 0;
        int high = ascending.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ascending[middle] < value || (orEqual && ascending[middle] == value)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The index of the greatest value, the first of several; 0 of none. */
    public static int argmax(double... values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }

    private static double[] ascending(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted;
    }
}
