package io.redrl.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlattScalingTest {
    /** Of two normal distributions of deviation 1 around ±m the logit is 2m times the score. */
    @Test
    void findsTheLogitOfTwoNormalDistributions() {
        PlattScaling fitted = PlattScaling.fit(normal(0.8, 40_000, 1), normal(-0.8, 10_000, 2));
        assertThat(fitted.slope()).isCloseTo(1.6, within(0.06));
        assertThat(fitted.offset()).isCloseTo(0, within(0.04));
    }

    @Test
    void aPriorCountsByBayes() {
        PlattScaling scaling = new PlattScaling(2, 0.3);
        double even = scaling.probability(0.7, 0.5);
        double rare = scaling.probability(0.7, 0.01);
        assertThat(rare).isCloseTo(even * 0.01 / (even * 0.01 + (1 - even) * 0.99), within(1e-12));
    }

    @Test
    void staysFiniteWhereAThresholdPartsTheKinds() {
        PlattScaling fitted = PlattScaling.fit(new double[] {5, 6, 7}, new double[] {-5, -6});
        assertThat(fitted.slope()).isFinite().isPositive();
        assertThat(fitted.probability(6, 0.5)).isGreaterThan(0.99);
        assertThat(fitted.probability(-6, 0.5)).isLessThan(0.01);
    }

    @Test
    void needsBothKinds() {
        assertThatThrownBy(() -> PlattScaling.fit(new double[0], new double[] {1}))
                .hasMessageContaining("scores of both kinds, got 0 and 1");
    }

    private static double[] normal(double mean, int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return IntStream.range(0, count)
                .mapToDouble(i -> mean + random.nextGaussian())
                .toArray();
    }
}
