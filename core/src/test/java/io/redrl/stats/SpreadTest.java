package io.redrl.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void knowsMeanDeviationAndEnds() {
        Spread spread = Spread.of(1, 2, 6);
        assertThat(spread.mean()).isEqualTo(3);
        assertThat(spread.sd()).isCloseTo(Math.sqrt(7), within(1e-12));
        assertThat(spread.low()).isEqualTo(1);
        assertThat(spread.high()).isEqualTo(6);
        assertThat(Spread.of(4).sd()).isNaN();
    }

    @Test
    void refusesASampleOfNothing() {
        assertThatThrownBy(Spread::of).hasMessageContaining("at least one value");
    }
}
