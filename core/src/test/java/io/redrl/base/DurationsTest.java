package io.redrl.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DurationsTest {
    @Test
    void durationsReadAsPeopleSayThem() {
        assertThat(Durations.text(Duration.ofMillis(449))).isEqualTo("0.4 s");
        assertThat(Durations.text(Duration.ofMillis(9960))).isEqualTo("10 s");
        assertThat(Durations.text(Duration.ofMillis(59_600))).isEqualTo("1 min 00 s");
        assertThat(Durations.text(Duration.ofSeconds(185))).isEqualTo("3 min 05 s");
        assertThat(Durations.text(Duration.ofMinutes(130))).isEqualTo("2 h 10 min");
        assertThat(Durations.text(6.44)).isEqualTo("6.4 s");
    }

    @Test
    void countsAndRatesAreShort() {
        assertThat(Durations.count(1_234_567)).isEqualTo("1,234,567");
        assertThat(Durations.rate(3.14159)).isEqualTo("3.1");
        assertThat(Durations.rate(1234.2)).isEqualTo("1,234");
    }
}
