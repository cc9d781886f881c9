package io.redrl.recognition;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The squared distance to the k-th nearest of the images that it was fitted on, features scaled to length 1.
 *
 * @param first the first of the features that it looks at
 * @param scale what each of these is multiplied with first
 * @param images their features, {@code [N][D]} of length 1
 */
@SuppressWarnings("ArrayRecordComponent")
record NeighbourScore(int first, double[] scale, double[][] images) implements UnknownScore {
    private static final int NEIGHBOUR = 10;
    private static final int MOST = 1024;

    /** In the features from {@code first} on, as they are or in their standard deviations. */
    static NeighbourScore fit(Trace known, int first, boolean standardised) {
        double[][] rows = Covariance.from(known.features(), first);
        double[] scale = new double[rows[0].length];
        Arrays.fill(scale, 1);
        if (standardised) {
            double[] deviations = Covariance.deviations(rows);
            for (int j = 0; j < scale.length; j++) {
                scale[j] = deviations[j] > 0 ? 1 / deviations[j] : 0;
            }
        }
        // Enough of them: the file goes with the recogniser, and every image is compared with each. Drawn, because rows
        // come in
        // the order of their classes.
        SplittableRandom random = new SplittableRandom(known.size());
        int[] order = IntStream.range(0, known.size()).toArray();
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        double[][] images = Arrays.stream(order)
                .limit(MOST)
                .mapToObj(i -> unit(known.features()[i], first, scale))
                .toArray(double[][]::new);
        return new NeighbourScore(first, scale, images);
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
    public Map<String, double[][]> parts() {
        return Map.of("first", new double[][] {{first}}, "scale", new double[][] {scale}, "images", images);
    }
}
