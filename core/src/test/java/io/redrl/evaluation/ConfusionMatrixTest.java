package io.redrl.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.RedrlException;
import io.redrl.stats.Interval;
import io.redrl.stats.Proportion;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfusionMatrixTest {
    private static final List<String> AB = List.of("a", "b");

    /** 8 of 10 a right, 15 of 30 b right. */
    private static final ConfusionMatrix MATRIX = new ConfusionMatrix(AB, List.of(List.of(8, 2), List.of(15, 15)));

    @Test
    void microWeighsExamplesAndMacroWeighsClasses() {
        assertThat(MATRIX.micro()).isEqualTo(new Proportion(23, 40));
        assertThat(MATRIX.micro().value()).isEqualTo(0.575);
        assertThat(MATRIX.macro()).isEqualTo((0.8 + 0.5) / 2);
        assertThat(MATRIX.accuracy("a").value()).isEqualTo(0.8);
        assertThat(MATRIX.accuracy(1).value()).isEqualTo(0.5);
    }

    @Test
    void rowsAreNormalisedByWhatWasDone() {
        assertThat(MATRIX.share(0, 1)).isEqualTo(0.2);
        assertThat(MATRIX.share(1, 0)).isEqualTo(0.5);
    }

    @Test
    void countsActualInRowsAndPredictedInColumns() {
        ConfusionMatrix counted =
                ConfusionMatrix.of(AB, List.of("a", "a", "b", "b", "b"), List.of("a", "b", "a", "a", "b"));
        assertThat(counted.counts()).containsExactly(List.of(1, 1), List.of(2, 1));
        assertThat(counted.examples()).isEqualTo(5);
        assertThat(counted.examples(1)).isEqualTo(3);
    }

    @Test
    void aClassWithoutExamplesIsLeftOutOfTheMean() {
        ConfusionMatrix matrix = new ConfusionMatrix(AB, List.of(List.of(3, 1), List.of(0, 0)));
        assertThat(matrix.macro()).isEqualTo(0.75);
        assertThat(matrix.share(1, 0)).isZero();
        assertThat(new ConfusionMatrix(AB, List.of(List.of(0, 0), List.of(0, 0))).macro())
                .isNaN();
    }

    @Test
    void theMacroIntervalAddsTheClassesIntervalsInSquare() {
        Interval a = new Proportion(8, 10).interval();
        Interval b = new Proportion(15, 30).interval();
        double below = Math.sqrt(Math.pow(0.8 - a.low(), 2) + Math.pow(0.5 - b.low(), 2)) / 2;
        assertThat(MATRIX.macroInterval().low()).isCloseTo(0.65 - below, within(1e-12));
        assertThat(MATRIX.macroInterval().contains(0.65)).isTrue();
        assertThat(MATRIX.macroInterval().contains(0.9)).isFalse();
    }

    @Test
    void refusesWhatIsNotSquareNegativeOrUnknown() {
        assertThatThrownBy(() -> new ConfusionMatrix(AB, List.of(List.of(1, 2))))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("2 rows of 2");
        assertThatThrownBy(() -> new ConfusionMatrix(AB, List.of(List.of(1, -2), List.of(0, 0))))
                .hasMessageContaining("negative");
        assertThatThrownBy(() -> ConfusionMatrix.of(AB, List.of("a"), List.of("c")))
                .hasMessageContaining("class c is not one of [a, b]");
        assertThatThrownBy(() -> ConfusionMatrix.of(AB, List.of("a"), List.of()))
                .hasMessageContaining("got 0 for 1");
    }
}
