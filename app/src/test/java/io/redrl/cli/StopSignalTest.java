package io.redrl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StopSignalTest {
    private final AtomicInteger said = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();

    @Test
    void firstSignalAsksAndSecondEnds() {
        StopSignal stop = new StopSignal(said::incrementAndGet, ended::incrementAndGet);
        assertThat(stop.requested()).isFalse();
        stop.receive();
        assertThat(stop.requested()).isTrue();
        assertThat(said).hasValue(1);
        assertThat(ended).hasValue(0);
        stop.receive();
        assertThat(said).hasValue(1);
        assertThat(ended).hasValue(1);
    }

    @Test
    void aStepThatNeverEndsIsEnded() throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        new StopSignal(said::incrementAndGet, end::countDown, Duration.ofMillis(20)).receive();
        assertThat(end.await(10, TimeUnit.SECONDS)).isTrue();
    }
}
