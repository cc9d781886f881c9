package io.redrl.saliency;

import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import java.util.List;

/**
 * Running mean and variance of every filter's value, over rows that come one by one (Welford, "Note on a
 * Method for Calculating Corrected Sums of Squares and Products", 1962): nothing cancels where values are large beside
 * their spread. Not safe for several threads at once.
 */
final class FilterMoments {
    private final FilterLayout layout;
    private final double[] mean;
    private final double[] squares;
    private long rows;

    /** No rows yet. */
    FilterMoments(FilterLayout layout) {
        this.layout = layout;
        this.mean = new double[layout.filters()];
        this.squares = new double[mean.length];
    }

    /** What {@link #mean()} and {@link #squares()} gave after {@code rows} rows. */
    FilterMoments(FilterLayout layout, long rows, List<Double> mean, List<Double> squares) {
        this(layout);
        this.rows = rows;
        for (int k = 0; k < this.mean.length; k++) {
            this.mean[k] = mean.get(k);
            this.squares[k] = squares.get(k);
        }
    }

    /** Refuses a row of another length, or with a value that is not finite; {@code source} says whose it is. */
    void check(String source, double[] row) {
        Checks.require(
                row.length == mean.length,
                "%s: expected the saliency of %d filters, got %d",
                source,
                mean.length,
                row.length);
        int start = 0;
        for (FilterLayout.Layer layer : layout.layers()) {
            for (int filter = 0; filter < layer.filters(); filter++) {
                double value = row[start + filter];
                if (!Double.isFinite(value)) {
                    throw new RedrlException(source + ": the saliency of filter " + filter + " (from 0) of layer "
                            + layer.name() + " is " + value + ", expected a finite number");
                }
            }
            start += layer.filters();
        }
    }

    /** Adds a row that was checked. */
    void add(double[] row) {
        rows++;
        for (int k = 0; k < mean.length; k++) {
            double delta = row[k] - mean[k];
            mean[k] += delta / rows;
            squares[k] += delta * (row[k] - mean[k]);
        }
    }

    /** Both parts' rows together (Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm", 1979). */
    FilterMoments merged(FilterMoments other) {
        FilterMoments both = new FilterMoments(layout);
        both.rows = rows + other.rows;
        double share = both.rows == 0 ? 0 : (double) other.rows / both.rows;
        for (int k = 0; k < mean.length; k++) {
            double delta = other.mean[k] - mean[k];
            both.mean[k] = mean[k] + delta * share;
            both.squares[k] = squares[k] + other.squares[k] + delta * delta * share * rows;
        }
        return both;
    }

    long rows() {
        return rows;
    }

    /** A copy of the K means. */
    double[] mean() {
        return mean.clone();
    }

    /** A copy of the K sums of squared deviations from the mean. */
    double[] squares() {
        return squares.clone();
    }

    /** The K unbiased standard deviations; of at least two rows. */
    double[] deviation() {
        double[] deviation = new double[squares.length];
        for (int k = 0; k < deviation.length; k++) {
            deviation[k] = Math.sqrt(squares[k] / (rows - 1));
        }
        return deviation;
    }
}
