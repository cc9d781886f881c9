package io.redrl.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.adversarial.AttackSummary;
import io.redrl.base.AtomicFiles;
import io.redrl.base.RedrlException;
import io.redrl.calibration.Prediction;
import io.redrl.stats.PairedComparison;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {
    private static final Evaluation SAMPLE = SampleEvaluation.create();

    @TempDir
    Path folder;

    @Test
    void comesBackFromItsFilesAsItWas() {
        SAMPLE.save(folder);
        assertThat(Evaluation.load(folder)).isEqualTo(SAMPLE);
    }

    @Test
    void writesTheWorkedOutNumbersForOtherPrograms() throws Exception {
        SAMPLE.save(folder);
        assertThat(Files.readString(folder.resolve("summary.json"))).contains("\"macro-interval\"", "\"cw-linf\"");
    }

    @Test
    void normsThatNobodyMeasuredComeBackToo() {
        AttackSummary.Distribution none = new AttackSummary.Distribution(Double.NaN, Double.NaN, Double.NaN);
        Evaluation harmless = withAttacks(List.of(new AttackSummary("v", "pgd", "all", 3, 2, 2, 0, 0, none, none)));
        harmless.save(folder);
        assertThat(Evaluation.load(folder)).isEqualTo(harmless);
    }

    private static Evaluation withAttacks(List<AttackSummary> attacks) {
        return new Evaluation(
                SAMPLE.name(),
                SAMPLE.setup(),
                SAMPLE.recognition(),
                SAMPLE.comparisons(),
                SAMPLE.repair(),
                attacks,
                List.of(),
                List.of(),
                List.of(),
                SAMPLE.manifest());
    }

    @Test
    void withoutItsIndexItIsNotThereAndAnotherVersionIsRefused() {
        assertThatThrownBy(() -> Evaluation.load(folder))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("evaluation.json");
        AtomicFiles.writeString(folder.resolve("evaluation.json"), "{\"name\":\"x\",\"version\":9,\"files\":[]}");
        assertThatThrownBy(() -> Evaluation.load(folder)).hasMessageContaining("version 9");
    }

    @Test
    void refusesAComparisonThatContradictsTheTables() {
        PairedComparison wrong =
                new PairedComparison("redrl", "oracle", List.of(new PairedComparison.Disagreement("pgd", 320, 1, 0)));
        assertThatThrownBy(() -> new Evaluation(
                        "x",
                        SAMPLE.setup(),
                        SAMPLE.recognition(),
                        List.of(wrong),
                        SAMPLE.repair(),
                        SAMPLE.attacks(),
                        List.of(),
                        List.of(),
                        List.of(),
                        SAMPLE.manifest()))
                .hasMessageContaining("their tables say");
    }

    @Test
    void aComparisonIsFoundEitherWayRound() {
        RecognitionResult redrl = SAMPLE.result(RecogniserKind.REDRL).orElseThrow();
        RecognitionResult oracle = SAMPLE.result(RecogniserKind.ORACLE).orElseThrow();
        double behind = SAMPLE.comparison(redrl, oracle).orElseThrow().difference();
        assertThat(behind).isNegative();
        assertThat(SAMPLE.comparison(oracle, redrl).orElseThrow().difference()).isEqualTo(-behind);
    }

    @Test
    void theSummaryIsReadyForATerminal() {
        List<String> line = SummaryTable.of(SAMPLE.recognition()).cells().get(0);
        assertThat(SummaryTable.header()).hasSameSizeAs(line).startsWith("recogniser", "clean", "PGD");
        assertThat(line).startsWith("Ψ, image alone", "65.6").endsWith("59.6", "1920");
    }

    @Test
    void predictionsGoToLinesAndBack() {
        List<PredictionRow> rows = List.of(
                new PredictionRow(
                        "victim/v",
                        3,
                        "pgd",
                        "v",
                        "{\"epsilon\":0.1}",
                        new Prediction(List.of(0.1, 0.15, 0.2, 0.05, 0.2, 0.3), 1.5, true)),
                Predictions.row(4, "clean", "none", "clean"));
        assertThat(rows).extracting(PredictionRow::predicted).containsExactly("patch", "clean");
        assertThat(rows).extracting(PredictionRow::right).containsExactly(false, true);
        PredictionRow.write(folder.resolve("rows.jsonl"), rows);
        assertThat(PredictionRow.read(folder.resolve("rows.jsonl"))).isEqualTo(rows);
        assertThatThrownBy(() -> PredictionRow.read(folder.resolve("none.jsonl")))
                .isInstanceOf(RedrlException.class);
    }

    @Test
    void trainingMetricsBecomeCurves() {
        Path metrics = folder.resolve("metrics.jsonl");
        AtomicFiles.writeString(metrics, """
                {"step":1,"loss":2.5,"train-accuracy":0.2,"rate":0.1}
                {"note":"resumed"}
                {"step":2,"loss":2.0,"train-accuracy":0.4}
                """);
        TrainingCurve curve = TrainingCurve.read(metrics, "redrl", "step");
        assertThat(curve.losses())
                .containsExactly(new TrainingCurve.Series("loss", List.of(1.0, 2.0), List.of(2.5, 2.0)));
        assertThat(curve.accuracies())
                .containsExactly(new TrainingCurve.Series("train-accuracy", List.of(1.0, 2.0), List.of(0.2, 0.4)));
    }

    @Test
    void theEnvironmentNamesTheCommitOrAdmitsThatThereIsNone() {
        RunEnvironment here = RunEnvironment.here(Path.of("").toAbsolutePath(), "cpu");
        assertThat(here.commit()).matches("unknown|[0-9a-f]{40}(\\+changes)?");
        assertThat(here.libraries()).containsKeys("Java", "LibTorch (JavaCPP presets)");
        assertThat(here.threads()).isPositive();
        assertThat(here.cpu()).isNotBlank();
        assertThat(RunEnvironment.commitOf(folder)).isEqualTo("unknown");
    }
}
