package io.redrl.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ProportionTest {
    @Test
    void wilsonsIntervalHasItsTabulatedValues() {
        // Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29, method 3.
        assertInterval(new Proportion(81, 263), 0.2553, 0.3662);
        assertInterval(new Proportion(15, 148), 0.0624, 0.1605);
        assertInterval(new Proportion(0, 20), 0, 0.1611);
        assertInterval(new Proportion(1, 29), 0.0061, 0.1718);
    }

    private static void assertInterval(Proportion proportion, double low, double high) {
        assertThat(proportion.interval().low()).isCloseTo(low, within(5e-5));
        assertThat(proportion.interval().high()).isCloseTo(high, within(5e-5));
    }

    @Test
    void theIntervalOfAllIsTheMirrorOfNone() {
        assertThat(new Proportion(20, 20).interval().high()).isEqualTo(1);
        assertThat(new Proportion(20, 20).interval().low())
                .isCloseTo(1 - new Proportion(0, 20).interval().high(), within(1e-12));
    }

    @Test
    void nothingMeasuredSaysNothing() {
        assertThat(new Proportion(0, 0).value()).isNaN();
        assertThat(new Proportion(0, 0).interval()).isEqualTo(new Interval(0, 1));
        assertThatThrownBy(() -> new Proportion(3, 2)).hasMessageContaining("3 of 2");
    }
}
