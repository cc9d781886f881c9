package io.redrl.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairedComparisonTest {
    private static PredictionRow row(int index, String attack, String predicted) {
        return new PredictionRow(index, attack, "v", "{}", predicted, 0.5);
    }

    @Test
    void countsWhatOnlyOneGetsRightClassByClass() {
        List<PredictionRow> a = List.of(row(1, "pgd", "pgd"), row(2, "pgd", "pgd"), row(3, "patch", "clean"));
        List<PredictionRow> b = List.of(row(1, "pgd", "pgd"), row(2, "pgd", "patch"), row(3, "patch", "patch"));

        PairedComparison comparison = PairedComparison.of("a", a, "b", b);

        assertThat(comparison.classes())
                .containsExactly(
                        new PairedComparison.Disagreement("pgd", 2, 1, 0),
                        new PairedComparison.Disagreement("patch", 1, 0, 1));
        assertThat(comparison.difference()).isEqualTo((0.5 - 1) / 2);
        assertThat(comparison.reversed().difference()).isEqualTo(0.25);
    }

    @Test
    void theIntervalIsAgrestiAndMins() {
        // One class, n = 100, 20 and 10: (b-c)/(n+2) = 10/102; variance ((b+c+1)/(n+2) - d²)/(n+2).
        PairedComparison comparison =
                new PairedComparison("a", "b", List.of(new PairedComparison.Disagreement("pgd", 100, 20, 10)));
        double d = 10.0 / 102;
        double half = 1.959963984540054 * Math.sqrt((31.0 / 102 - d * d) / 102);
        assertThat(comparison.interval().low()).isCloseTo(d - half, within(1e-12));
        assertThat(comparison.interval().high()).isCloseTo(d + half, within(1e-12));
        assertThat(comparison.interval().contains(0)).isTrue();
    }

    @Test
    void thePairedDifferenceIsTheDifferenceOfTheMacroAccuracies() {
        var random = new java.util.SplittableRandom(5);
        List<PredictionRow> a = new ArrayList<>();
        List<PredictionRow> b = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String attack = ClassNames.ids().get(random.nextInt(6));
            a.add(row(i, attack, random.nextInt(3) > 0 ? attack : "clean"));
            b.add(row(i, attack, random.nextInt(2) > 0 ? attack : "clean"));
        }
        double macros = RecognitionResult.of("a", RecogniserKind.OTHER, "a", "", a)
                        .confusion()
                        .macro()
                - RecognitionResult.of("b", RecogniserKind.OTHER, "b", "", b)
                        .confusion()
                        .macro();
        assertThat(PairedComparison.of("a", a, "b", b).difference()).isCloseTo(macros, within(1e-12));
    }

    @Test
    void refusesOtherExamples() {
        List<PredictionRow> a = List.of(row(1, "pgd", "pgd"));
        assertThatThrownBy(() -> PairedComparison.of("a", a, "b", List.of(row(2, "pgd", "pgd"))))
                .hasMessageContaining("same examples");
        assertThatThrownBy(() -> PairedComparison.of("a", a, "b", List.of())).hasMessageContaining("got 1 and 0");
    }
}
