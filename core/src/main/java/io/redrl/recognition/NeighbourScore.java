package io.redrl.recognition;

import java.util.Arrays;
import java.util.Map;

/**
 * The squared distance to the k-th nearest of the images that it was fitted on, features scaled to length 1.
 *
 * @param first the first of the features that it looks at
 * @param images their features, {@code [N][D]} of length 1
 */
@SuppressWarnings("ArrayRecordComponent")
record NeighbourScore(int first, double[][] images) implements UnknownScore {
    private static final int NEIGHBOUR = 10;

    static NeighbourScore fit(Trace known) {
        return new NeighbourScore(
                known.head(),
                Arrays.stream(known.features())
                        .map(row -> unit(row, known.head()))
                        .toArray(double[][]::new));
    }

    private static double[] unit(double[] features, int first) {
        double[] own = Arrays.copyOfRange(features, first, features.length);
        double length = Math.sqrt(Covariance.squaredDistance(own, new double[own.length]));
        for (int j = 0; length > 0 && j < own.length; j++) {
            own[j] /= length;
        }
        return own;
    }

    @Override
    public double of(double[] features, double[] logits) {
        double[] own = unit(features, first);
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
        return Map.of("first", new double[][] {{first}}, "images", images);
    }
}
