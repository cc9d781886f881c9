package io.redrl.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ReliabilityTest {
    @Test
    void aKnownCaseByHand() {
        // Bin (8/15, 9/15]: 0.55 and 0.59, one right: |0.5 − 0.57| · 2. Bin (14/15, 1]: 0.95, 0.99, 1, all right: 0.02
        // · 3.
        Reliability reliability =
                Reliability.of(new double[] {0.55, 0.95, 0.59, 0.99, 1}, new boolean[] {true, true, false, true, true});
        assertThat(reliability.bins()).hasSize(2);
        assertThat(reliability.bins().get(0).right()).isEqualTo(new Proportion(1, 2));
        assertThat(reliability.expectedError()).isCloseTo((0.07 * 2 + 0.02 * 3) / 5, within(1e-12));
    }

    @Test
    void binsEndWithTheirUpperEdge() {
        Reliability reliability = Reliability.of(new double[] {1 / 3.0, 1 / 3.0 + 1e-6}, new boolean[] {true, true});
        assertThat(reliability.bins()).hasSize(2);
    }

    @Test
    void nothingMeasuredSaysNothing() {
        assertThat(Reliability.of(new double[0], new boolean[0]).expectedError())
                .isNaN();
        assertThatThrownBy(() -> Reliability.of(new double[] {1.5}, new boolean[] {true}))
                .hasMessageContaining("confidence");
    }
}
