package io.redrl.stats;

/**
 * A 95 % confidence interval.
 *
 * @param low its lower end
 * @param high its upper end
 */
public record Interval(double low, double high) {
    /** The 97.5 % quantile of the standard normal distribution. */
    public static final double Z = 1.959963984540054;

    /** Whether {@code value} is one that the data do not speak against. */
    public boolean contains(double value) {
        return value >= low && value <= high;
    }
}
