package io.redrl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunCommandTest {
    private final FakeConsole console = new FakeConsole();

    @Test
    void theOldNameOfADryRunIsTakenWithAWarning() {
        assertThat(console.run("run", "../experiments/demo.yaml", "--rehearse", "1"))
                .isEqualTo(ExitCodes.FAILED);
        assertThat(console.err())
                .contains("--rehearse is called --dry-run now")
                .contains("dry-run must be in [2, 1000], got 1");
    }

    @Test
    void helpNamesADryRunByItsNewNameAlone() {
        assertThat(console.run("run", "--help")).isEqualTo(ExitCodes.DONE);
        assertThat(console.out()).contains("--dry-run=N").doesNotContain("rehears");
    }
}
