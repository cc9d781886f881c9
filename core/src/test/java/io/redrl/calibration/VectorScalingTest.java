package io.redrl.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.Json;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class VectorScalingTest {
    private static final double[] FACTORS = {0.5, 1, 2};
    private static final double[] OFFSETS = {0.4, 0, -0.4};

    @Test
    void recoversTheScalingThatLabelsWereDrawnAt() {
        SplittableRandom random = new SplittableRandom(3);
        VectorScaling truth = new VectorScaling(List.of(0.5, 1.0, 2.0), List.of(0.4, 0.0, -0.4));
        double[][] logits = new double[40_000][3];
        int[] classes = new int[logits.length];
        for (int i = 0; i < logits.length; i++) {
            for (int k = 0; k < 3; k++) {
                logits[i][k] = 6 * random.nextDouble() - 3;
            }
            double[] p = truth.probabilities(logits[i]);
            double at = random.nextDouble();
            classes[i] = at < p[0] ? 0 : at < p[0] + p[1] ? 1 : 2;
        }
        VectorScaling fitted = VectorScaling.fit(logits, classes, Temperature.fit(logits, classes));
        // Offsets count up to one that is common to all.
        double common = fitted.offsets().stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
        for (int k = 0; k < 3; k++) {
            assertThat(fitted.factors().get(k)).isCloseTo(FACTORS[k], within(0.05));
            assertThat(fitted.offsets().get(k) - common).isCloseTo(OFFSETS[k], within(0.05));
        }
    }

    @Test
    void aCalibrationFromBeforeItWasKnownIsStillRead() {
        Calibration read = Json.parse(
                "{\"temperature\": 0.5, \"threshold\": 30, \"score\": \"neighbours\"}", Calibration.class, "old");
        assertThat(read).isEqualTo(new Calibration(0.5, 30, OodMethod.NEIGHBOURS));
        assertThat(Json.parse(Json.line(read), Calibration.class, "new")).isEqualTo(read);
    }

    @Test
    void refusesFactorsThatOverflow() {
        assertThatThrownBy(() -> new VectorScaling(List.of(1e308), List.of(0.0)))
                .hasMessageContaining("factor");
        assertThatThrownBy(() -> new VectorScaling(List.of(1.0), List.of(Double.NaN)))
                .hasMessageContaining("offset");
    }

    @Test
    void fewImagesLeaveItNearTheTemperature() {
        double[][] logits = {{3, 0, 0}, {0, 3, 0}, {0, 0, 3}};
        VectorScaling fitted = VectorScaling.fit(logits, new int[] {0, 1, 2}, 1);
        assertThat(fitted.factors()).allSatisfy(f -> assertThat(f).isBetween(1.0, 10.0));
        assertThat(fitted.offsets()).allSatisfy(o -> assertThat(o).isCloseTo(0, within(1e-6)));
    }

    @Test
    void aCalibrationUsesItInsteadOfTheTemperature() {
        double[] logits = {1, 0, 0, 0, 0, 0};
        VectorScaling doubled =
                new VectorScaling(List.of(2.0, 1.0, 1.0, 1.0, 1.0, 1.0), List.of(0.0, 0.0, 0.0, 0.0, 0.0, 0.0));
        assertThat(new Calibration(5, Optional.of(doubled), 1, OodMethod.MAX_LOGIT).probabilities(logits)[0])
                .isCloseTo(Math.exp(2) / (Math.exp(2) + 5), within(1e-12));
        assertThat(new Calibration(0.5, 1).probabilities(logits)[0])
                .isCloseTo(Math.exp(2) / (Math.exp(2) + 5), within(1e-12));
        assertThatThrownBy(() -> new Calibration(
                        1, Optional.of(new VectorScaling(List.of(1.0), List.of(0.0))), 1, OodMethod.MAX_LOGIT))
                .hasMessageContaining("needs 6 factors, got 1");
    }
}
