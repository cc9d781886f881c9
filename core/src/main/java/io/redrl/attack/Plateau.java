package io.redrl.attack;

import java.util.Arrays;

/**
 * The plateau at which a descent stops: once the mean objective of a window of steps is no lower than that of the window before, by
 * 1e-4 of itself. Per image, where Carlini and Wagner's code compares single values of the whole batch's loss.
 *
 * <p>Means, because a minimal-norm descent that has just succeeded is carried on by Adam's momentum, away from the image,
 * and comes back slowly: for hundreds of steps it improves all the time without a new lowest value.
 */
final class Plateau {
    private static final double LEAST_IMPROVEMENT = 1e-4;

    private final int window;
    private final double[] sum;
    private final double[] before;

    /**
     * For {@code n} images.
     *
     * @param window steps in a window; 0 never stops
     */
    Plateau(int n, int window) {
        this.window = window;
        sum = new double[n];
        before = new double[n];
        Arrays.fill(before, Double.POSITIVE_INFINITY);
    }

    /** Notes the objective of image {@code i} at a step, counted from 0 without gaps; true if it should stop here. */
    boolean at(int i, int step, double objective) {
        if (window == 0) {
            return false;
        }
        sum[i] += objective;
        if (step % window != window - 1) {
            return false;
        }
        double mean = sum[i] / window;
        boolean flat = mean > before[i] - LEAST_IMPROVEMENT * Math.abs(before[i]);
        before[i] = mean;
        sum[i] = 0;
        return flat;
    }
}
