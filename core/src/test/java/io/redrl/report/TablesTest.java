package io.redrl.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

class TablesTest {
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
                result("redrl-plus.seed2", RecogniserKind.PLUS, "redrl+, seed 2", 93)
                        .versionOf("redrl-plus", 2));
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

    /** What a reader sees of a row: {@code text (small print)}. */
    private static List<String> row(Table table, int row) {
        return table.rows().get(row).cells().stream()
                .map(c -> c.text() + (c.small().isEmpty() ? "" : " (" + c.small() + ")"))
                .toList();
    }

    @Test
    void table1PutsTheFamilysVictimBeside() {
        assertThat(row(new Tables(SAMPLE).victims(), 0)).startsWith("resnet20").endsWith("94.02 (ResNet50)");
    }

    @Test
    void table3ListsNoAblationAndOneSeedAndThePaperUnderItsOwn() {
        Table table = new Tables(FULL).recognition();
        assertThat(table.rows().stream().map(row -> row.cells().get(0).text()))
                .containsExactly(
                        "Ψ, image alone",
                        "the paper",
                        "REDRL",
                        "the paper",
                        "redrl+",
                        "attack loss alone",
                        "high-pass maps",
                        "oracle",
                        "the paper");
        assertThat(row(table, 3))
                .containsExactly("the paper", "100.0", "99.9", "97.4", "96.6", "74.1", "99.9", "94.7", "94.2");
    }

    @Test
    void comparisonsArePairedAndHaveThePapersDifferenceBeside() {
        Table table = new Tables(SAMPLE).comparisons();
        assertThat(table.rows().stream().map(row -> row.cells().get(0).text()))
                .containsExactly(
                        "REDRL less Ψ, image alone",
                        "REDRL less oracle",
                        "REDRL less attack loss alone",
                        "REDRL less high-pass maps");
        assertThat(row(table, 0).get(1)).startsWith("+13.");
        assertThat(row(table, 0).subList(2, 4)).containsExactly("yes", "+43.5");
        assertThat(row(table, 2)).containsSubsequence("no", "–");
        assertThat(new Tables(new Evaluation(
                                "x",
                                SAMPLE.setup(),
                                SAMPLE.recognition(),
                                List.of(),
                                SAMPLE.repair(),
                                SAMPLE.attacks(),
                                List.of(),
                                List.of(),
                                List.of(),
                                SAMPLE.manifest()))
                        .comparisons()
                        .rows())
                .isEmpty();
    }

    @Test
    void table4HasAnArrowForEveryVictimOfOursAndOfThePaper() {
        Table table = new Tables(SAMPLE).repair();
        assertThat(table.rows()).hasSize(1 + 4);
        assertThat(row(table, 0).get(1)).startsWith("90.9 → 90.6 (").endsWith(", n 320)");
        assertThat(row(table, 2)).contains("ResNeXt50 (the paper)", "2.4 → 91.3");
    }

    @Test
    void table5HasThePapersTotalsAndIsAbsentWithoutAblations() {
        Table table = new Tables(FULL).losses();
        assertThat(table.rows().stream().map(row -> row.cells().get(4).text()))
                .containsExactly("90.59", "92.58", "93.51", "94.28");
        assertThat(new Tables(SAMPLE).losses().rows()).isEmpty();
    }

    @Test
    void redrlPlusHasItsAblationsAndItsSeeds() {
        assertThat(row(new Tables(FULL).plus(), 1).get(3)).startsWith("−10.0 (−");
        assertThat(row(new Tables(FULL).seeds(), 0))
                .startsWith("redrl+", "94.0 ± 1.4 (93.0–95.0)")
                .endsWith("2");
        assertThat(new Tables(SAMPLE).plus().rows()).isEmpty();
        assertThat(new Tables(SAMPLE).seeds().rows()).isEmpty();
    }

    @Test
    void attacksHaveARowForAllTheirSettingsAndOneForEach() {
        Table table = new Tables(SAMPLE).attacks("resnet20");
        assertThat(row(table, 0)).startsWith("PGD", "320", "291").endsWith("1.210", "1.330", "8/255", "9.1/255");
        assertThat(row(table, 1).get(0)).isEqualTo("ε 4/255 · α 0.01 · 100 steps");
    }

    @Test
    void aRowOfAnotherLengthIsAMistakeOfOurs() {
        Table table = Table.of("title", "a | b");
        assertThatThrownBy(() -> table.row("one", List.of("two", "three")))
                .hasMessageContaining("title: a row needs 2 cells");
    }

    @Test
    void theMarkdownFileHasEveryTableWithAllItsCells() throws Exception {
        String text = Files.readString(MarkdownReport.write(FULL, folder));
        assertThat(text)
                .contains(
                        "# Results of the experiment sample",
                        "Table 1 ·",
                        "Table 3 ·",
                        "Table 4 ·",
                        "Table 5 ·",
                        "Against resnet20")
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
                .contains("Table 5 · Which losses help", "redrl+ without one of its changes", "94.02<small>ResNet50")
                .contains("Training again from other seeds", "Table 3 as bars");
    }

    @Test
    void linesOfTheMarkdownFileAreShortButForTables() {
        assertThat(MarkdownReport.text(FULL).lines())
                .filteredOn(line -> !line.startsWith("|"))
                .allMatch(line -> line.length() <= 120);
    }

    @Test
    void barsKeepWithinTheirFrame() {
        Drawing bars = BarFigure.of(FULL).orElseThrow();
        assertThat(bars.svg()).contains("redrl+", "the paper").doesNotContain("NaN");
        assertThat(bars.pixels().getWidth()).isGreaterThan(2000);
    }
}
