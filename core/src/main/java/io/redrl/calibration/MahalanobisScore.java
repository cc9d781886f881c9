package io.redrl.calibration;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The squared Mahalanobis distance to the nearest class mean; relative, where there is a background, to that from it.
 *
 * @param first the first of the D features that it looks at
 * @param whitening W with WᵀW the inverse of the classes' shared covariance, lower triangular {@code [D][D]}
 * @param means W·μ of each class, {@code [K][D]}
 * @param backgroundWhitening the same of all features as one class; no rows: not relative
 * @param backgroundMean its mean, one row
 */
@SuppressWarnings("ArrayRecordComponent")
record MahalanobisScore(
        int first, double[][] whitening, double[][] means, double[][] backgroundWhitening, double[][] backgroundMean)
        implements OodScore {

    static MahalanobisScore fit(double[][] features, int first, int[] classes, int count, boolean relative) {
        return fit(features, first, features[0].length, classes, count, relative);
    }

    static MahalanobisScore fit(double[][] features, int first, int end, int[] classes, int count, boolean relative) {
        double[][] rows = Covariance.columns(features, first, end);
        double[][] means = Covariance.means(rows, classes, count);
        double[][] whitening = Covariance.whitening(Covariance.shared(rows, classes, means));
        double[][] background = new double[0][];
        double[][] backgroundMean = new double[0][];
        if (relative) {
            int[] one = new int[rows.length];
            double[][] mean = Covariance.means(rows, one, 1);
            background = Covariance.whitening(Covariance.shared(rows, one, mean));
            backgroundMean = whitened(background, mean);
        }
        return new MahalanobisScore(first, whitening, whitened(whitening, means), background, backgroundMean);
    }

    private static double[][] whitened(double[][] whitening, double[][] rows) {
        return Arrays.stream(rows).map(row -> Covariance.times(whitening, row)).toArray(double[][]::new);
    }

    @Override
    public double of(double[] features, double[] logits) {
        double[] own = Arrays.copyOfRange(features, first, first + whitening.length);
        double[] z = Covariance.times(whitening, own);
        double nearest = Double.POSITIVE_INFINITY;
        for (double[] mean : means) {
            nearest = Math.min(nearest, Covariance.squaredDistance(z, mean));
        }
        if (backgroundWhitening.length == 0) {
            return nearest;
        }
        return nearest - Covariance.squaredDistance(Covariance.times(backgroundWhitening, own), backgroundMean[0]);
    }

    @Override
    public int end() {
        return first + whitening.length;
    }

    @Override
    public Map<String, double[][]> parts() {
        Map<String, double[][]> parts = new LinkedHashMap<>();
        parts.put("first", new double[][] {{first}});
        parts.put("whitening", whitening);
        parts.put("means", means);
        if (backgroundWhitening.length > 0) {
            parts.put("background-whitening", backgroundWhitening);
            parts.put("background-mean", backgroundMean);
        }
        return parts;
    }
}
