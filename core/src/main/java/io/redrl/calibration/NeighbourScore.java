package io.redrl.calibration;

import io.redrl.base.Seed;
import io.redrl.stats.OrderStatistics;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The squared distance to the k-th nearest of the images that it was fitted on, features scaled to length 1.
 *
 * @param first the first of the features that it looks at
 * @param scale what each of these is multiplied with first
 * @param images their features, {@code [N][D]} of length 1
 */
@SuppressWarnings("ArrayRecordComponent")
record NeighbourScore(int first, double[] scale, double[][] images) implements OodScore {
    private static final int NEIGHBOUR = 10;
    private static final int MOST = 1024;

    /** Of the features' median deviation. */
    private static final double LEAST_DEVIATION = 1e-3;

    /** In the features from {@code first} on, as they are or in their standard deviations. */
    static NeighbourScore fit(Activations known, int first, boolean standardised) {
        double[][] rows = Covariance.from(known.features(), first);
        double[] scale = standardised ? overDeviations(Covariance.deviations(rows)) : unscaled(rows[0].length);
        // Enough of them: the file goes with the recogniser, and every image is compared with each. Drawn, because rows
        // come
        // in the order of their classes.
        double[][] images = Arrays.stream(Seed.permutation(known.size(), new SplittableRandom(known.size())))
                .limit(MOST)
                .mapToObj(i -> unit(known.features()[i], first, scale))
                .toArray(double[][]::new);
        return new NeighbourScore(first, scale, images);
    }

    /** Features that hardly move count nothing: where one of them does, it would outshout all others. */
    private static double[] overDeviations(double[] deviations) {
        double least = LEAST_DEVIATION * OrderStatistics.quantile(deviations, 0.5);
        return Arrays.stream(deviations).map(d -> d > least ? 1 / d : 0).toArray();
    }

    /** Features as they are. */
    static double[] unscaled(int size) {
        double[] ones = new double[size];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static double[] unit(double[] features, int first, double[] scale) {
        double[] own = new double[scale.length];
        for (int j = 0; j < own.length; j++) {
            own[j] = scale[j] * features[first + j];
        }
        double length = Math.sqrt(Covariance.squaredDistance(own, new double[own.length]));
        for (int j = 0; length > 0 && j < own.length; j++) {
            own[j] /= length;
        }
        return own;
    }

    @Override
    public double of(double[] features, double[] logits) {
        double[] own = unit(features, first, scale);
        int k = Math.min(NEIGHBOUR, images.length);
        double[] nearest = new double[k]; // ascending
        Arrays.fill(nearest, Double.POSITIVE_INFINITY);
        for (double[] image : images) {
            double distance = Covariance.squaredDistance(own, image);
            int place = k - 1;
            if (distance < nearest[place]) {
                while (place > 0 && nearest[place - 1] > distance) {
                    nearest[place] = nearest[place - 1];
                    place--;
                }
                nearest[place] = distance;
            }
        }
        return nearest[k - 1];
    }

    @Override
    public int end() {
        return first + scale.length;
    }

    @Override
    public Map<String, double[][]> parts() {
        return Map.of("first", new double[][] {{first}}, "scale", new double[][] {scale}, "images", images);
    }
}
