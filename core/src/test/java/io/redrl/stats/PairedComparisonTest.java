package io.redrl.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.Json;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PairedComparisonTest {
    private static final List<String> CLASSES = List.of("clean", "pgd", "patch");

    private static PairedComparison compared(boolean[] first, boolean[] second, String... labels) {
        return PairedComparison.of("a", first, "b", second, List.of(labels), CLASSES);
    }

    @Test
    void countsWhatOnlyOneGetsRightClassByClass() {
        boolean[] first = {false, true, true};
        boolean[] second = {true, true, false};

        PairedComparison comparison = compared(first, second, "patch", "pgd", "pgd");

        assertThat(comparison.classes())
                .containsExactly(
                        new PairedComparison.Disagreement("pgd", 2, 1, 0),
                        new PairedComparison.Disagreement("patch", 1, 0, 1));
        assertThat(comparison.difference()).isEqualTo((0.5 - 1) / 2);
        assertThat(comparison.reversed())
                .isEqualTo(PairedComparison.of("b", second, "a", first, List.of("patch", "pgd", "pgd"), CLASSES));
    }

    /** Of one class: 15 % only the first gets right, 10 % only the second. */
    @Test
    void theIntervalHoldsTheTrueDifferenceAsOftenAsItPromises() {
        SplittableRandom random = new SplittableRandom(3);
        int trials = 4000;
        int held = 0;
        for (int trial = 0; trial < trials; trial++) {
            int onlyFirst = 0;
            int onlySecond = 0;
            for (int i = 0; i < 100; i++) {
                double u = random.nextDouble();
                onlyFirst += u < 0.15 ? 1 : 0;
                onlySecond += u > 0.9 ? 1 : 0;
            }
            PairedComparison comparison = new PairedComparison(
                    "a", "b", List.of(new PairedComparison.Disagreement("pgd", 100, onlyFirst, onlySecond)));
            held += comparison.interval().contains(0.05) ? 1 : 0;
        }
        // Three binomial standard deviations are 0.0103.
        assertThat((double) held / trials).isBetween(0.94, 0.965);
    }

    /** Agresti and Min: 0.0980 ± 1.96 · sqrt((31/102 − 0.0980²)/102) for 20 and 10 of 100. */
    @Test
    void theIntervalOfAKnownCase() {
        PairedComparison comparison =
                new PairedComparison("a", "b", List.of(new PairedComparison.Disagreement("pgd", 100, 20, 10)));
        assertThat(comparison.interval().low()).isCloseTo(-0.00724, within(5e-6));
        assertThat(comparison.interval().high()).isCloseTo(0.20332, within(5e-6));
    }

    @Test
    void readsComparisonsThatCallTheClassAnAttack() {
        String old =
                "{\"first\":\"a\",\"second\":\"b\",\"classes\":[{\"attack\":\"pgd\",\"n\":9,\"only-first\":2,\"only-second\":1}]}";
        assertThat(Json.parse(old, PairedComparison.class, "old").classes())
                .containsExactly(new PairedComparison.Disagreement("pgd", 9, 2, 1));
    }

    @Test
    void refusesOtherNumbersOfExamples() {
        assertThatThrownBy(() -> compared(new boolean[1], new boolean[0], "pgd"))
                .hasMessageContaining("got 1 and 0");
        assertThatThrownBy(() -> compared(new boolean[1], new boolean[1])).hasMessageContaining("with 0 labels");
    }
}
