package io.redrl.identify;

import io.redrl.attribution.Attribution;
import io.redrl.image.ImageShape;
import java.util.List;

/**
 * Estimated strength of an attack.
 *
 * @param linf the greatest change of a value, pixels in [0, 1]
 * @param l2 the Euclidean norm of the change, pixels in [0, 1]
 * @param steps probabilities of one step, two to ten, and more: a research row
 */
public record Strength(Interval linf, Interval l2, List<Double> steps) {
    /** Copies the list. */
    public Strength {
        steps = List.copyOf(steps);
    }

    /**
     * An estimate and the interval that holds the true value in 90 % of cases.
     *
     * @param estimate the value
     * @param low the interval's lower end
     * @param high its upper end
     */
    public record Interval(double estimate, double low, double high) {
        private static Interval of(Attribution.Size greyLevels, double factor) {
            return new Interval(factor * greyLevels.estimate(), factor * greyLevels.low(), factor * greyLevels.high());
        }
    }

    static Strength of(Attribution found, ImageShape shape) {
        return new Strength(
                Interval.of(found.linf(), 1 / 255.0),
                Interval.of(found.rms(), Math.sqrt(shape.values()) / 255),
                found.steps());
    }
}
