package io.redrl.calibration;

import io.redrl.base.Checks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Prediction sets by split conformal prediction, class by class ("Mondrian": Vovk, Gammerman and Shafer, "Algorithmic Learning in a
 * Random World", 2005): a class is in the set where its probability is not below what 95 % of that class's images of the calibration have.
 *
 * @param least by group of images and class: the least probability with which a class belongs to the set
 */
public record ConformalSets(List<List<Double>> least) {
    /** The share of images whose set is to hold the true class. */
    public static final double COVERAGE = 0.95;

    /** With fewer images of a class in a group, those of all groups are taken. */
    private static final int ENOUGH = 40;

    /** Copies the lists. */
    public ConformalSets {
        least = least.stream().map(List::copyOf).toList();
    }

    /**
     * Fits the thresholds.
     *
     * @param probabilities {@code [N][K]}
     * @param classes the true class of each row
     * @param groups the group of each row, in [0, {@code count})
     */
    public static ConformalSets fit(double[][] probabilities, int[] classes, int[] groups, int count) {
        Checks.require(probabilities.length > 0, "prediction sets are fitted on images, got none");
        List<List<Double>> least = new ArrayList<>();
        for (int group = 0; group < count; group++) {
            int own = group;
            List<Double> row = new ArrayList<>();
            for (int k = 0; k < probabilities[0].length; k++) {
                int one = k;
                int[] all = IntStream.range(0, classes.length)
                        .filter(i -> classes[i] == one)
                        .toArray();
                int[] near = Arrays.stream(all).filter(i -> groups[i] == own).toArray();
                row.add(threshold(Arrays.stream(near.length < ENOUGH ? all : near)
                        .mapToDouble(i -> probabilities[i][one])
                        .toArray()));
            }
            least.add(row);
        }
        return new ConformalSets(least);
    }

    /** The ⌊(n + 1) · 5 %⌋-th smallest; 0, so that the class is in every set, where there are too few images for that. */
    private static double threshold(double[] ofTrueClass) {
        int place = (int) Math.floor((ofTrueClass.length + 1) * (1 - COVERAGE));
        double[] sorted = ofTrueClass.clone();
        Arrays.sort(sorted);
        return place == 0 ? 0 : sorted[place - 1];
    }

    /**
     * The set for an image: class numbers, the likeliest first; the likeliest alone where none is as likely as its threshold.
     *
     * @param probabilities by class
     * @param group of the image
     */
    public List<Integer> of(double[] probabilities, int group) {
        List<Integer> byProbability = IntStream.range(0, probabilities.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer k) -> -probabilities[k]))
                .toList();
        List<Integer> in = byProbability.stream()
                .filter(k -> probabilities[k] >= least.get(group).get(k))
                .toList();
        return in.isEmpty() ? byProbability.subList(0, 1) : in;
    }
}
