package io.redrl.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TemperatureTest {
    @Test
    void recoversTheTemperatureThatLabelsWereDrawnAt() {
        for (double temperature : new double[] {0.4, 1, 3}) {
            SplittableRandom random = new SplittableRandom(7);
            double[][] logits = new double[20_000][6];
            int[] classes = new int[logits.length];
            for (int i = 0; i < logits.length; i++) {
                for (int k = 0; k < 6; k++) {
                    logits[i][k] = 4 * random.nextDouble() * temperature;
                }
                classes[i] = draw(Temperature.softmax(logits[i], temperature), random.nextDouble());
            }
            assertThat(Temperature.fit(logits, classes)).isCloseTo(temperature, within(0.05 * temperature));
        }
    }

    private static int draw(double[] shares, double at) {
        double sum = 0;
        for (int k = 0; k < shares.length; k++) {
            sum += shares[k];
            if (at < sum) {
                return k;
            }
        }
        return shares.length - 1;
    }

    @Test
    void theLikelihoodIsLowestAtTheFit() {
        double[][] logits = {{3, 0, 0}, {0, 2, 1}, {1, 0, 4}, {2, 1, 0}};
        int[] classes = {0, 1, 2, 1};
        double fitted = Temperature.fit(logits, classes);
        double best = Temperature.negativeLogLikelihood(logits, classes, fitted);
        for (double other : new double[] {0.9 * fitted, 0.99 * fitted, 1.01 * fitted, 1.1 * fitted}) {
            assertThat(Temperature.negativeLogLikelihood(logits, classes, other))
                    .isGreaterThan(best);
        }
    }

    @Test
    void theLikelihoodOfAKnownCase() {
        // −ln(e²/(e²+1)) and −ln(1/(e²+1))
        double[][] logits = {{2, 0}, {2, 0}};
        assertThat(Temperature.negativeLogLikelihood(logits, new int[] {0, 1}, 1))
                .isCloseTo((Math.log(1 + Math.exp(-2)) + Math.log(1 + Math.exp(2))) / 2, within(1e-12));
    }

    @Test
    void softmaxSumsToOneWithHugeLogits() {
        assertThat(Temperature.softmax(new double[] {1000, 999, -1000}, 1))
                .satisfies(p -> assertThat(p[0] + p[1] + p[2]).isCloseTo(1, within(1e-12)))
                .satisfies(p -> assertThat(p[0] / p[1]).isCloseTo(Math.E, within(1e-9)));
    }

    @Test
    void refusesAFitOnNothing() {
        assertThatThrownBy(() -> Temperature.fit(new double[0][], new int[0]))
                .hasMessageContaining("validation images");
    }
}
