package io.redrl.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.Progress;
import io.redrl.base.StoppedException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {
    private final AtomicLong clock = new AtomicLong(-5_000_000_000L);
    private final FakeConsole console = new FakeConsole();
    private final Progress progress = new ConsoleProgress(console.console(), false, () -> false, clock::get);

    private void pass(Duration duration) {
        clock.addAndGet(duration.toNanos());
    }

    @Test
    void linesSayCountPercentRateAndTimeLeft() {
        try (Progress.Task task = progress.start("attack pgd", 1000, "images")) {
            pass(Duration.ofSeconds(2));
            task.advance(200);
        }
        assertThat(console.err().lines())
                .containsExactly(
                        "attack pgd: 1,000 images",
                        "attack pgd: 200 of 1,000 images (20 %), 100 images/s, 8.0 s left",
                        "attack pgd: ended at 200 of 1,000 images after 2.0 s");
    }

    @Test
    void linesComeAfterASecondAndThenEveryTenSeconds() {
        try (Progress.Task task = progress.start("train", 1000, "steps")) {
            for (int i = 0; i < 1000; i++) {
                pass(Duration.ofMillis(25));
                task.advance(1);
            }
        }
        assertThat(console.err().lines())
                .hasSize(5)
                .element(1)
                .asString()
                .startsWith("train: 40 of 1,000 steps (4 %), 40 steps/s, 24 s left");
        assertThat(console.err()).contains("train: 440 of", "train: 840 of", "train: done, 1,000 steps in 25 s");
    }

    @Test
    void notesFollowTheLine() {
        try (Progress.Task task = progress.start("train", 2, "steps")) {
            task.note("loss 0.5");
            pass(Duration.ofSeconds(1));
            task.advance(1);
        }
        assertThat(console.err()).contains("1.0 s left; loss 0.5");
    }

    @Test
    void closingTwiceSaysItOnce() {
        Progress.Task task = progress.start("x", 1, "files");
        task.advance(1);
        task.close();
        task.close();
        assertThat(console.err().lines()).containsExactly("x: 1 files", "x: done, 1 files in 0.0 s");
    }

    @Test
    void anEmptyTaskDoesNotDivideByZero() {
        try (Progress.Task task = progress.start("nothing", 0, "images")) {
            pass(Duration.ofSeconds(5));
            task.advance(0);
        }
        assertThat(console.err()).contains("nothing: done, 0 images in 5.0 s");
    }

    @Test
    void quietSaysNothing() {
        Progress quiet = new ConsoleProgress(console.console(), true, () -> false, clock::get);
        try (Progress.Task task = quiet.start("x", 1, "files")) {
            pass(Duration.ofSeconds(5));
            task.advance(1);
        }
        quiet.say("hello");
        assertThat(console.err()).isEmpty();
    }

    @Test
    void whatIsToldIsToldWhenQuietAndNotIntoTheBar() {
        new ConsoleProgress(console.console(), true, () -> false, clock::get).tell("a warning");
        assertThat(console.err().lines()).containsExactly("a warning");
        FakeConsole terminal = new FakeConsole(true);
        ConsoleProgress bars = new ConsoleProgress(terminal.console(), false, () -> false, clock::get);
        try (Progress.Task task = bars.start("attack", 10, "images")) {
            bars.tell("a warning");
            task.advance(10);
        }
        assertThat(terminal.err()).contains(BarTask.CLEAR_LINE + "a warning" + System.lineSeparator());
    }

    @Test
    void terminalsGetABarAndLinesAboveIt() {
        FakeConsole terminal = new FakeConsole(true);
        Progress bars = new ConsoleProgress(terminal.console(), false, () -> false, clock::get);
        try (Progress.Task task = bars.start("attack", 10, "images")) {
            bars.say("a line");
            try (Progress.Task inner = bars.start("inner", 2, "files")) {
                inner.advance(2);
            }
            task.note("resnet20");
            task.advance(10);
        }
        bars.say("after");
        assertThat(terminal.err())
                .contains(BarTask.CLEAR_LINE + "a line" + System.lineSeparator())
                .contains("inner: done, 2 files")
                .contains("100%", "10/10 images", "resnet20")
                .endsWith("after" + System.lineSeparator());
    }

    @Test
    void stopIsSeenByTheWork() {
        Progress stopped = new ConsoleProgress(console.console(), false, () -> true, clock::get);
        assertThat(stopped.stopRequested()).isTrue();
        assertThatThrownBy(stopped::checkStopped).isInstanceOf(StoppedException.class);
    }
}
