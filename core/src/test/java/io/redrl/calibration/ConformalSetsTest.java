package io.redrl.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ConformalSetsTest {
    private static final int CLASSES = 3;

    /** Rows of three classes; those of group 1 are harder, and class 2 is everywhere. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Rows(double[][] probabilities, int[] classes, int[] groups) {
        static Rows drawn(int count, long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            double[][] probabilities = new double[count][];
            int[] classes = new int[count];
            int[] groups = new int[count];
            for (int i = 0; i < count; i++) {
                classes[i] = random.nextInt(CLASSES);
                groups[i] = random.nextInt(2);
                double[] logits = new double[CLASSES];
                for (int k = 0; k < CLASSES; k++) {
                    double spread = groups[i] == 1 ? 2 : 0.7;
                    logits[k] = spread * random.nextGaussian() + (k == classes[i] ? 2 + 0.5 * k : 0);
                }
                probabilities[i] = Temperature.softmax(logits, 1);
            }
            return new Rows(probabilities, classes, groups);
        }
    }

    @Test
    void holdTheTrueClassOfEveryClassAndGroupInNinetyFivePerCent() {
        Rows fit = Rows.drawn(12_000, 1);
        ConformalSets sets = ConformalSets.fit(fit.probabilities(), fit.classes(), fit.groups(), 2);
        Rows others = Rows.drawn(30_000, 2);
        int[][] held = new int[2][CLASSES];
        int[][] all = new int[2][CLASSES];
        int[] sizes = new int[2];
        for (int i = 0; i < others.classes().length; i++) {
            List<Integer> set = sets.of(others.probabilities()[i], others.groups()[i]);
            all[others.groups()[i]][others.classes()[i]]++;
            held[others.groups()[i]][others.classes()[i]] += set.contains(others.classes()[i]) ? 1 : 0;
            sizes[others.groups()[i]] += set.size();
        }
        for (int group = 0; group < 2; group++) {
            for (int k = 0; k < CLASSES; k++) {
                assertThat(held[group][k] / (double) all[group][k]).isGreaterThan(0.93);
            }
        }
        // where images are easy, sets would be empty at times, and hold the likeliest class instead
        assertThat(held[1][0] / (double) all[1][0]).isCloseTo(0.95, within(0.02));
        assertThat(sizes[0]).isLessThan(sizes[1]);
    }

    @Test
    void aClassOfFewImagesIsAlwaysIn() {
        double[][] probabilities = new double[30][];
        int[] classes = new int[30];
        for (int i = 0; i < 30; i++) {
            classes[i] = i < 25 ? 0 : 1;
            probabilities[i] = new double[] {0.9 - 0.01 * i, 0.1 + 0.01 * i};
        }
        ConformalSets sets = ConformalSets.fit(probabilities, classes, new int[30], 1);
        assertThat(sets.of(new double[] {0.999, 0.001}, 0)).containsExactly(0, 1);
    }

    @Test
    void areNeverEmptyAndBeginWithTheLikeliest() {
        ConformalSets sets = new ConformalSets(List.of(List.of(0.7, 0.7, 0.2)));
        assertThat(sets.of(new double[] {0.45, 0.4, 0.15}, 0)).containsExactly(0);
        assertThat(sets.of(new double[] {0.05, 0.7, 0.25}, 0)).containsExactly(1, 2);
    }

    @Test
    void thresholdIsTheOneWithEnoughImagesBelow() {
        List<double[]> rows = new ArrayList<>();
        for (int i = 1; i <= 99; i++) {
            rows.add(new double[] {i / 100.0, 1 - i / 100.0});
        }
        ConformalSets sets = ConformalSets.fit(rows.toArray(double[][]::new), new int[99], new int[99], 1);
        // ⌊100 · 5 %⌋ = 5: the fifth smallest
        assertThat(sets.least().get(0).get(0)).isEqualTo(0.05);
    }
}
