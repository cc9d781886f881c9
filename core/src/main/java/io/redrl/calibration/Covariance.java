package io.redrl.calibration;

import io.redrl.base.RedrlException;
import java.util.Arrays;

/** Means and covariance of features, and the linear map that makes the covariance the identity. */
final class Covariance {
    /** Added to the diagonal, as a part of its mean: features of few images, or of dead channels, are nearly dependent. */
    static final double SHRINKAGE = 1e-2;

    private Covariance() {}

    /** The mean of each class, {@code [K][D]}; of a class without rows, the mean over all rows. */
    static double[][] means(double[][] rows, int[] groups, int count) {
        int size = rows[0].length;
        double[][] means = new double[count][size];
        double[] all = new double[size];
        int[] n = new int[count];
        for (int i = 0; i < rows.length; i++) {
            n[groups[i]]++;
            for (int j = 0; j < size; j++) {
                means[groups[i]][j] += rows[i][j];
                all[j] += rows[i][j] / rows.length;
            }
        }
        for (int k = 0; k < count; k++) {
            for (int j = 0; j < size; j++) {
                means[k][j] = n[k] == 0 ? all[j] : means[k][j] / n[k];
            }
        }
        return means;
    }

    /** The standard deviation of each column. */
    static double[] deviations(double[][] rows) {
        double[] mean = means(rows, new int[rows.length], 1)[0];
        double[] deviations = new double[mean.length];
        for (double[] row : rows) {
            for (int j = 0; j < mean.length; j++) {
                deviations[j] += (row[j] - mean[j]) * (row[j] - mean[j]) / rows.length;
            }
        }
        Arrays.setAll(deviations, j -> Math.sqrt(deviations[j]));
        return deviations;
    }

    /** The covariance around the rows' own class means, {@code [D][D]}. */
    static double[][] shared(double[][] rows, int[] groups, double[][] means) {
        int size = rows[0].length;
        double[][] sums = new double[size][size];
        double[] centred = new double[size];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < size; j++) {
                centred[j] = rows[i][j] - means[groups[i]][j];
            }
            for (int j = 0; j < size; j++) {
                double value = centred[j];
                double[] sum = sums[j];
                for (int k = 0; k <= j; k++) {
                    sum[k] += value * centred[k];
                }
            }
        }
        for (int j = 0; j < size; j++) {
            for (int k = 0; k <= j; k++) {
                sums[j][k] /= rows.length;
                sums[k][j] = sums[j][k];
            }
        }
        return sums;
    }

    /**
     * W = L⁻¹ with L·Lᵀ the covariance, its diagonal raised by {@link #SHRINKAGE}: |W·x|² is the squared Mahalanobis length.
     *
     * @return lower triangular {@code [D][D]}
     */
    static double[][] whitening(double[][] covariance) {
        int size = covariance.length;
        double trace = 0;
        for (int j = 0; j < size; j++) {
            trace += covariance[j][j];
        }
        double raised = Math.max(SHRINKAGE * trace / size, 1e-12);
        double[][] sum = new double[size][];
        for (int j = 0; j < size; j++) {
            sum[j] = covariance[j].clone();
            sum[j][j] += raised;
        }
        return inverseRoot(sum);
    }

    /** L⁻¹ with L·Lᵀ the matrix, which must be symmetric and positive definite: lower triangular {@code [D][D]}. */
    static double[][] inverseRoot(double[][] matrix) {
        int size = matrix.length;
        double[][] lower = new double[size][size];
        for (int j = 0; j < size; j++) {
            for (int k = 0; k <= j; k++) {
                double rest = matrix[j][k];
                for (int m = 0; m < k; m++) {
                    rest -= lower[j][m] * lower[k][m];
                }
                if (j == k && !(rest > 0)) {
                    throw new RedrlException("what Ψ makes of the validation images is not finite: nothing to fit on");
                }
                lower[j][k] = j == k ? Math.sqrt(rest) : rest / lower[k][k];
            }
        }
        return inverse(lower);
    }

    private static double[][] inverse(double[][] lower) {
        int size = lower.length;
        double[][] inverse = new double[size][size];
        for (int j = 0; j < size; j++) {
            double[] row = inverse[j];
            for (int m = 0; m < j; m++) {
                double factor = lower[j][m];
                for (int k = 0; k <= m; k++) {
                    row[k] -= factor * inverse[m][k];
                }
            }
            row[j] = 1;
            for (int k = 0; k <= j; k++) {
                row[k] /= lower[j][j];
            }
        }
        return inverse;
    }

    /** W·x for a lower triangular W. */
    static double[] times(double[][] lower, double[] x) {
        double[] result = new double[lower.length];
        for (int j = 0; j < result.length; j++) {
            result[j] = dot(lower[j], x, j + 1);
        }
        return result;
    }

    /** Σ a·b over the first values. Four sums side by side: a single one would wait for each addition to end. */
    private static double dot(double[] a, double[] b, int size) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int j = 0;
        for (; j < size - 3; j += 4) {
            sum0 += a[j] * b[j];
            sum1 += a[j + 1] * b[j + 1];
            sum2 += a[j + 2] * b[j + 2];
            sum3 += a[j + 3] * b[j + 3];
        }
        for (; j < size; j++) {
            sum0 += a[j] * b[j];
        }
        return sum0 + sum1 + (sum2 + sum3);
    }

    /** Wᵀ·x for a lower triangular W. */
    static double[] timesTransposed(double[][] lower, double[] x) {
        double[] result = new double[lower.length];
        for (int j = 0; j < result.length; j++) {
            for (int k = 0; k <= j; k++) {
                result[k] += lower[j][k] * x[j];
            }
        }
        return result;
    }

    /** |a − b|², summed like {@link #dot}. */
    static double squaredDistance(double[] a, double[] b) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int j = 0;
        for (; j < a.length - 3; j += 4) {
            double difference0 = a[j] - b[j];
            double difference1 = a[j + 1] - b[j + 1];
            double difference2 = a[j + 2] - b[j + 2];
            double difference3 = a[j + 3] - b[j + 3];
            sum0 += difference0 * difference0;
            sum1 += difference1 * difference1;
            sum2 += difference2 * difference2;
            sum3 += difference3 * difference3;
        }
        for (; j < a.length; j++) {
            sum0 += (a[j] - b[j]) * (a[j] - b[j]);
        }
        return sum0 + sum1 + (sum2 + sum3);
    }

    /** Columns from {@code first} on. */
    static double[][] from(double[][] rows, int first) {
        return columns(rows, first, rows[0].length);
    }

    /** Columns from {@code first} on, up to {@code end}. */
    static double[][] columns(double[][] rows, int first, int end) {
        return Arrays.stream(rows)
                .map(row -> Arrays.copyOfRange(row, first, end))
                .toArray(double[][]::new);
    }
}
