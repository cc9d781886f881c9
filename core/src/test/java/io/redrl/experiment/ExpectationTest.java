package io.redrl.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.SampleEvaluation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpectationTest {
    @TempDir
    Path folder;

    @Test
    void saysOfEveryNumberWhetherItIsMet() {
        Evaluation sample = SampleEvaluation.create();
        double redrl = 100
                * sample.recognition().stream()
                        .filter(r -> r.name().equals("redrl"))
                        .findFirst()
                        .orElseThrow()
                        .confusion()
                        .macro();
        assertThat(lines(sample, "redrl", redrl + 4, 4)).startsWith("met: redrl macro ");
        assertThat(lines(sample, "redrl", redrl - 4.1, 4)).startsWith("missed: redrl macro ");
        assertThat(lines(sample, "redrl-plus", 92, 3))
                .isEqualTo("missed: redrl-plus macro not measured, expected 92.0 ± 3.0");
    }

    private static String lines(Evaluation sample, String name, double macro, double tolerance) {
        List<Expectation.Check> checks = Expectation.check(Map.of(name, new Expectation(macro, tolerance)), sample);
        return checks.get(0).line();
    }

    @Test
    void aFileMayLeaveExpectationsOutAndMustNameRecognisersThatItHas() throws IOException {
        String yaml = Files.readString(TinyExperiment.write(folder));
        assertThat(read(yaml).expected()).isEmpty();
        assertThat(read(yaml + "expected: {redrl: {macro: 80, tolerance: 4}}\n").expected())
                .containsEntry("redrl", new Expectation(80, 4));
        assertThatThrownBy(() -> read(yaml + "expected: {redrll: {macro: 80, tolerance: 4}}\n"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("redrll")
                .hasMessageContaining("oracle");
        assertThatThrownBy(() -> read(yaml + "expected: {redrl: {macro: 80, tolerance: 4, within: 4}}\n"))
                .hasMessageContaining("within");
        assertThatThrownBy(() -> read(yaml + "expected: {redrl: {macro: 800, tolerance: 4}}\n"))
                .hasMessageContaining("800");
    }

    private ExperimentSpec read(String yaml) {
        return ExperimentSpec.read(TinyExperiment.yaml(folder, yaml), warning -> {});
    }
}
