package io.redrl.stats;

import io.redrl.base.Checks;
import java.util.Arrays;

/**
 * Mean, standard deviation and range of a sample, such as a result over training seeds.
 *
 * @param mean over the values
 * @param sd standard deviation (n − 1 in the denominator); NaN for one value
 * @param low the smallest
 * @param high the largest
 */
public record Spread(double mean, double sd, double low, double high) {
    /** The spread of some values, at least one. */
    public static Spread of(double... values) {
        Checks.require(values.length > 0, "a spread needs at least one value");
        double mean = Arrays.stream(values).average().orElseThrow();
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        return new Spread(
                mean,
                values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : Double.NaN,
                Arrays.stream(values).min().orElseThrow(),
                Arrays.stream(values).max().orElseThrow());
    }
}
