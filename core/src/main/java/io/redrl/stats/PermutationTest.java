package io.redrl.stats;

import io.redrl.base.Checks;
import io.redrl.base.Seed;
import java.util.SplittableRandom;

/**
 * Paired permutation test of whether two treatments of the same cases differ, in several measurements at once.
 *
 * <p>The statistic is the root mean square over measurements of the sum over cases of (first − second). If the treatments were
 * alike, either could have been called the first in any case; so in each permutation a fair coin decides, case by case, whether the
 * difference changes its sign, and p = (1 + number of statistics at least as large as the observed one) / (1 + permutations)
 * (Phipson and Smyth, "Permutation P-values Should Never Be Zero", 2010). Few cases limit p from below: there are only 2^(n−1) ways
 * to swap n of them that differ.
 *
 * @param statistic the observed one, in the unit of the differences
 * @param pValue in (0, 1]
 * @param permutations how many were drawn
 */
public record PermutationTest(double statistic, double pValue, int permutations) {
    /** Statistics that are equal but for rounding count as equal. */
    private static final double ROUNDING = 1e-12;

    /**
     * Runs the test.
     *
     * @param differences first − second of each case (at least one) in each measurement
     * @param permutations how many to draw, at least 1
     * @param seed of the permutations
     */
    public static PermutationTest paired(double[][] differences, int permutations, Seed seed) {
        Checks.positive("permutations", permutations);
        long[] swaps = new long[(differences.length + Long.SIZE - 1) / Long.SIZE];
        double observed = statistic(differences, swaps);
        SplittableRandom random = seed.random();
        int asLarge = 0;
        for (int permutation = 0; permutation < permutations; permutation++) {
            for (int word = 0; word < swaps.length; word++) {
                swaps[word] = random.nextLong();
            }
            if (statistic(differences, swaps) >= observed * (1 - ROUNDING)) {
                asLarge++;
            }
        }
        return new PermutationTest(observed, (1.0 + asLarge) / (1.0 + permutations), permutations);
    }

    /** The statistic with the treatments swapped in the cases whose bit is set. */
    private static double statistic(double[][] differences, long[] swaps) {
        double[] sums = new double[differences[0].length];
        for (int i = 0; i < differences.length; i++) {
            double sign = ((swaps[i / Long.SIZE] >>> (i % Long.SIZE)) & 1) == 0 ? 1 : -1;
            double[] difference = differences[i];
            for (int j = 0; j < sums.length; j++) {
                sums[j] += sign * difference[j];
            }
        }
        double squares = 0;
        for (double sum : sums) {
            squares += sum * sum;
        }
        return Math.sqrt(squares / sums.length);
    }
}
