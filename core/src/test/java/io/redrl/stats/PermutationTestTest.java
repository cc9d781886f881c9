package io.redrl.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.Seed;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PermutationTestTest {
    @Test
    void theStatisticIsTheRootMeanSquareOfTheSums() {
        double[][] differences = {{1, 0}, {2, 1}, {1, -4}};
        assertThat(PermutationTest.paired(differences, 1, new Seed(1)).statistic())
                .isCloseTo(Math.sqrt((16 + 9) / 2.0), within(1e-12));
    }

    /** Of the 8 ways to sign 1, 2 and 4 the sum is at least 5 in absolute value for 7, 5, −5 and −7. */
    @Test
    void pIsTheShareOfSignsWithAtLeastAsLargeAStatistic() {
        double[][] differences = {{-1}, {2}, {4}};
        assertThat(PermutationTest.paired(differences, 20_000, new Seed(1)).pValue())
                .isCloseTo(0.5, within(0.015));
        assertThat(PermutationTest.paired(new double[][] {{1}, {2}, {4}}, 20_000, new Seed(1))
                        .pValue())
                .isCloseTo(0.25, within(0.015));
    }

    @Test
    void moreThan64CasesAreSwappedToo() {
        double[][] alternating = new double[130][1];
        Arrays.setAll(alternating, i -> new double[] {i < 65 ? 1 : -1});
        assertThat(PermutationTest.paired(alternating, 999, new Seed(2)).pValue())
                .isEqualTo(1);
        double[][] equal = new double[130][1];
        Arrays.setAll(equal, i -> new double[] {1});
        assertThat(PermutationTest.paired(equal, 999, new Seed(2)).pValue()).isEqualTo(0.001);
    }

    @Test
    void refusesToDrawNoPermutation() {
        assertThatThrownBy(() -> PermutationTest.paired(new double[1][1], 0, new Seed(1)))
                .hasMessageContaining("permutations must be at least 1");
    }
}
