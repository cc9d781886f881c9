package io.redrl.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.redrl.evaluation.Evaluation;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Holds a finished run against the numbers that its experiment's file promises. The run's folder is the system property
 * {@code redrl.run}, relative to the repository; default: {@code runs/cpu}.
 */
@Tag("slow")
class ExpectedNumbersTest {
    private static final Path REPOSITORY = Path.of("..");

    @Test
    void theRunComesToTheNumbersThatItsFilePromises() {
        String named = System.getProperty("redrl.run", "");
        Path run = REPOSITORY.resolve(named.isEmpty() ? "runs/cpu" : named);
        Path index = run.resolve("evaluation/evaluation.json");
        if (named.isEmpty()) {
            assumeThat(index)
                    .as("there is no finished run in %s: ./redrl run experiments/cpu.yaml makes it", run)
                    .isRegularFile();
        }
        assertThat(index).as("a finished run in %s", run).isRegularFile();
        Evaluation evaluation = Evaluation.load(run.resolve("evaluation"));
        Path file = REPOSITORY.resolve("experiments").resolve(evaluation.name() + ".yaml");
        List<Expectation.Check> checks =
                Expectation.check(ExperimentSpec.read(file, warning -> {}).expected(), evaluation);

        assertThat(checks).as("%s expects nothing", file).isNotEmpty();
        String table = checks.stream().map(Expectation.Check::line).collect(Collectors.joining("\n"));
        assertThat(checks).as("%s against %s:\n%s\n", run, file, table).allMatch(Expectation.Check::met);
    }
}
