package io.redrl.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.ConfusionMatrix;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.RecogniserKind;
import io.redrl.evaluation.RecognitionResult;
import io.redrl.evaluation.SampleEvaluation;
import io.redrl.stats.PairedComparison;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultTablesTest {
    private static final Evaluation SAMPLE = SampleEvaluation.create();
    private static final Evaluation FULL = full();

    @TempDir
    Path folder;

    /** The sample with ablations, redrl+, and a second seed; of 100 examples of each class so many are right. */
    private static Evaluation full() {
        List<RecognitionResult> more = List.of(
                result("ablation-a", RecogniserKind.ABLATION_A, "A: L_R + L_AC", 60),
                result("ablation-b", RecogniserKind.ABLATION_B, "B: A + L_F", 58),
                result("ablation-c", RecogniserKind.ABLATION_C, "C: A + L_IC", 70),
                result("redrl-plus", RecogniserKind.PLUS, "redrl+", 95),
                result("redrl-plus.without-maps", RecogniserKind.PLUS_ABLATION, "redrl+ without maps", 85),
                result("redrl-plus.seed2", RecogniserKind.PLUS, "redrl+, seed 2", 93));
        PairedComparison comparison = new PairedComparison(
                "redrl-plus",
                "redrl-plus.without-maps",
                ClassNames.ids().stream()
                        .map(id -> new PairedComparison.Disagreement(id, 100, 12, 2))
                        .toList());
        return new Evaluation(
                SAMPLE.name(),
                SAMPLE.setup(),
                Stream.concat(SAMPLE.recognition().stream(), more.stream()).toList(),
                Stream.concat(SAMPLE.comparisons().stream(), Stream.of(comparison))
                        .toList(),
                SAMPLE.repair(),
                SAMPLE.attacks(),
                SAMPLE.exemplars(),
                SAMPLE.curves(),
                SAMPLE.costs(),
                SAMPLE.manifest());
    }

    private static RecognitionResult result(String name, RecogniserKind kind, String title, int right) {
        List<List<Integer>> counts = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            List<Integer> row = new ArrayList<>(List.of(0, 0, 0, 0, 0, 0));
            row.set((i + 1) % 6, 100 - right);
            row.set(i, right);
            counts.add(row);
        }
        return new RecognitionResult(name, kind, title, "", new ConfusionMatrix(ClassNames.ids(), counts));
    }

    @Test
    void table1PutsTheFamilysVictimBeside() {
        assertThat(ResultTables.table1(SAMPLE).rows().get(0)).contains("resnet20", "ResNet50 94.02");
    }

    @Test
    void table3ListsNoAblationAndOneSeedAndThePaperUnderItsOwn() {
        List<String> names =
                ResultTables.table3(FULL).rows().stream().map(row -> row.get(0)).toList();
        assertThat(names)
                .containsExactly(
                        "Ψ, image alone",
                        "— the paper",
                        "REDRL",
                        "— the paper",
                        "redrl+",
                        "attack loss alone",
                        "high-pass maps",
                        "oracle",
                        "— the paper");
        assertThat(ResultTables.table3(FULL).rows().get(3))
                .containsExactly("— the paper", "100.0", "99.9", "97.4", "96.6", "74.1", "99.9", "94.7", "94.2");
    }

    @Test
    void table4HasAnArrowForEveryVictimOfOursAndOfThePaper() {
        TextTable table = ResultTables.table4(SAMPLE);
        assertThat(table.rows()).hasSize(1 + 4);
        assertThat(table.rows().get(0)).contains("90.9 → 90.6");
        assertThat(table.rows().get(2)).contains("ResNeXt50, the paper", "2.4 → 91.3");
    }

    @Test
    void table5HasThePapersTotalsAndIsAbsentWithoutAblations() {
        TextTable table = ResultTables.table5(FULL).orElseThrow();
        assertThat(table.rows()).hasSize(4);
        assertThat(table.rows().stream().map(row -> row.get(4))).containsExactly("90.59", "92.58", "93.51", "94.28");
        assertThat(ResultTables.table5(SAMPLE)).isEmpty();
        assertThat(new TableFindings(FULL).ablations())
                .containsExactly("The paper's order A < B < C < all four losses does not hold here (macro accuracy).");
    }

    @Test
    void redrlPlusHasItsAblationsAndItsSeeds() {
        assertThat(ResultTables.plus(FULL).orElseThrow().rows().get(1).get(3)).startsWith("−10.0 (−");
        assertThat(new TableFindings(FULL).plusAblations().get(0))
                .startsWith("Against redrl+, redrl+ without maps is worse by −10.0 points");
        assertThat(ResultTables.seeds(FULL).orElseThrow().rows().get(0))
                .startsWith("redrl+", "2")
                .contains("94.0 ± 1.4 (93.0–95.0)");
        assertThat(ResultTables.plus(SAMPLE)).isEmpty();
        assertThat(ResultTables.seeds(SAMPLE)).isEmpty();
    }

    @Test
    void theMarkdownFileHasEveryTableWithAllItsCells() throws Exception {
        String text = Files.readString(MarkdownReport.write(FULL, folder));
        assertThat(text)
                .contains("# Results of the experiment sample", "Table 1 ·", "Table 3 ·", "Table 4 ·", "Table 5 ·")
                .contains("Training again from other seeds", "redrl+ without one of its changes")
                .contains("| REDRL |", "Paper: Souri")
                .doesNotContain("NaN", "null", "Optional");
        int columns = 0;
        for (String line : text.lines().toList()) {
            int bars =
                    line.startsWith("|") ? line.length() - line.replace("|", "").length() : 0;
            assertThat(columns == 0 || bars == 0 || bars == columns).as(line).isTrue();
            columns = bars;
        }
    }

    @Test
    void thePageHasThemToo() {
        assertThat(HtmlReport.page(FULL))
                .contains("Table 5 · Which losses help", "redrl+ without one of its changes", "ResNet50 94.02")
                .contains("Training again from other seeds", "Table 3 as bars");
    }

    @Test
    void barsKeepWithinTheirFrame() {
        BarFigure bars = new BarFigure(FULL);
        assertThat(bars.svg()).contains("redrl+", "the paper").doesNotContain("NaN");
        assertThat(bars.image().getWidth()).isGreaterThan(2000);
    }
}
