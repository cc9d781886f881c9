package io.redrl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.base.RedrlException;
import io.redrl.base.StoppedException;
import org.junit.jupiter.api.Test;

class FailureTest {
    private final FakeConsole console = new FakeConsole();

    private int report(Throwable error, boolean verbose) {
        return Failure.report(error, console.console().err(), verbose);
    }

    @Test
    void ourOwnErrorsAreTheirMessage() {
        assertThat(report(new RedrlException("No such file: x"), false)).isEqualTo(ExitCodes.FAILED);
        assertThat(console.err()).isEqualTo("redrl: No such file: x" + System.lineSeparator());
    }

    @Test
    void stackTracesAppearOnlyWhenAskedFor() {
        report(new RedrlException("outer", new IllegalStateException("inner")), true);
        assertThat(console.err()).contains("redrl: outer", "\tat ", "Caused by", "inner");
    }

    @Test
    void surprisesAreNamedInOneLineWithAHint() {
        assertThat(report(new IllegalStateException("first\nsecond"), false)).isEqualTo(ExitCodes.FAILED);
        assertThat(console.err().lines())
                .containsExactly(
                        "redrl: Unexpected error: first", "redrl: Run again with --verbose for the stack trace.");
    }

    @Test
    void nativeErrorsLoseTheirNativeStackTrace() {
        report(new ArithmeticException("shape mismatch\nException raised from check at a.cpp:1\nframe #0"), false);
        assertThat(console.err()).contains("shape mismatch").doesNotContain("frame");
    }

    @Test
    void noMemoryIsSaidAsSuch() {
        assertThat(report(new OutOfMemoryError("Physical memory usage is too high"), false))
                .isEqualTo(ExitCodes.FAILED);
        assertThat(console.err())
                .startsWith("redrl: Out of memory: Physical memory")
                .hasLineCount(1);
    }

    @Test
    void stoppingHasItsOwnExitCode() {
        assertThat(report(new StoppedException(), false)).isEqualTo(ExitCodes.STOPPED);
        assertThat(console.err()).contains("run the same command again");
    }
}
