package io.redrl.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ServeLimitsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static ServeLimits limits(
            int bytes, long pixels, int images, int queue, long memory, Duration time, Duration window, int batch) {
        return new ServeLimits(bytes, pixels, images, queue, memory, time, time, window, batch);
    }

    @Test
    void nonsenseIsRefusedWithTheValue() {
        assertThatThrownBy(() -> limits(0, 1, 1, 1, 1, SECOND, Duration.ZERO, 1))
                .isInstanceOf(RedrlException.class);
        assertThatThrownBy(() -> limits(1, 0, 1, 1, 1, SECOND, Duration.ZERO, 1))
                .hasMessageContaining("got 0");
        assertThatThrownBy(() -> limits(1, 1, 9, 8, 1, SECOND, Duration.ZERO, 1))
                .hasMessageContaining("9 images of one request cannot wait in a queue of 8");
        assertThatThrownBy(() -> limits(10, 1, 1, 1, 9, SECOND, Duration.ZERO, 1))
                .hasMessageContaining("got 9 bytes");
        assertThatThrownBy(() -> limits(1, 1, 1, 1, 1, Duration.ZERO, Duration.ZERO, 1))
                .hasMessageContaining("positive");
        assertThatThrownBy(() -> limits(1, 1, 1, 1, 1, SECOND, Duration.ofSeconds(2), 1))
                .hasMessageContaining("2000 ms");
        assertThatThrownBy(() -> limits(1, 1, 1, 1, 1, SECOND, Duration.ZERO, 65))
                .hasMessageContaining("65");
    }

    @Test
    void memoryIsSharedAndGivenBack() {
        UploadMemory memory = new UploadMemory(10);
        assertThat(memory.take(6)).isTrue();
        assertThat(memory.take(5)).isFalse();
        assertThat(memory.take(4)).isTrue();
        memory.give(6);
        assertThat(memory.used()).isEqualTo(4);
        assertThat(memory.take(6)).isTrue();
    }
}
