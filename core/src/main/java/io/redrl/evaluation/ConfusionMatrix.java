package io.redrl.evaluation;

import io.redrl.base.Checks;
import io.redrl.stats.Interval;
import io.redrl.stats.Proportion;
import java.util.ArrayList;
import java.util.List;

/**
 * Confusion matrix: true class by predicted class.
 *
 * @param labels class ids, in the order of rows and columns
 * @param counts {@code counts[actual][predicted]}
 */
public record ConfusionMatrix(List<String> labels, List<List<Integer>> counts) {
    /** Checks that the matrix is square, has a name for each class, and counts nothing negative. */
    public ConfusionMatrix {
        labels = List.copyOf(labels);
        counts = counts.stream().map(List::copyOf).toList();
        int size = labels.size();
        Checks.require(size > 0, "a confusion matrix needs at least one class");
        Checks.require(
                counts.size() == size && counts.stream().allMatch(row -> row.size() == size),
                "a confusion matrix of %d classes needs %d rows of %d counts",
                size,
                size,
                size);
        Checks.require(
                counts.stream().flatMap(List::stream).allMatch(c -> c >= 0), "counts must not be negative: %s", counts);
    }

    /**
     * Counts pairs.
     *
     * @param labels class ids
     * @param actual the true class of each example
     * @param predicted its predicted class, in the same order
     */
    public static ConfusionMatrix of(List<String> labels, List<String> actual, List<String> predicted) {
        Checks.require(
                actual.size() == predicted.size(),
                "as many predictions as examples are needed, got %d for %d",
                predicted.size(),
                actual.size());
        int[][] counts = new int[labels.size()][labels.size()];
        for (int i = 0; i < actual.size(); i++) {
            counts[place(labels, actual.get(i))][place(labels, predicted.get(i))]++;
        }
        List<List<Integer>> rows = new ArrayList<>();
        for (int[] row : counts) {
            rows.add(java.util.Arrays.stream(row).boxed().toList());
        }
        return new ConfusionMatrix(labels, rows);
    }

    private static int place(List<String> labels, String label) {
        int place = labels.indexOf(label);
        Checks.require(place >= 0, "class %s is not one of %s", label, labels);
        return place;
    }

    /** The number of examples of class {@code actual}. */
    public int examples(int actual) {
        return counts.get(actual).stream().mapToInt(Integer::intValue).sum();
    }

    /** The number of all examples. */
    public int examples() {
        return counts.stream().flatMap(List::stream).mapToInt(Integer::intValue).sum();
    }

    /** The share of class {@code actual} that was called so. */
    public Proportion accuracy(int actual) {
        return new Proportion(counts.get(actual).get(actual), examples(actual));
    }

    /** The share of class {@code label} that was called so; nothing measured if there is no such class. */
    public Proportion accuracy(String label) {
        int place = labels.indexOf(label);
        return place < 0 ? new Proportion(0, 0) : accuracy(place);
    }

    /** The share of all examples that were called right: weighs classes by their number of examples. */
    public Proportion micro() {
        int right = 0;
        for (int i = 0; i < labels.size(); i++) {
            right += counts.get(i).get(i);
        }
        return new Proportion(right, examples());
    }

    /** The mean of the class accuracies, over classes that have examples; NaN if none has. */
    public double macro() {
        return present().stream().mapToDouble(Proportion::value).average().orElse(Double.NaN);
    }

    /**
     * A 95 % interval for {@link #macro()}, combined from the classes' Wilson intervals by the square-and-add method (Zou
     * and Donner, 2008). Examples count as independent.
     */
    public Interval macroInterval() {
        List<Proportion> classes = present();
        double below = 0;
        double above = 0;
        for (Proportion accuracy : classes) {
            Interval interval = accuracy.interval();
            below += Math.pow(accuracy.value() - interval.low(), 2);
            above += Math.pow(interval.high() - accuracy.value(), 2);
        }
        int n = Math.max(1, classes.size());
        return new Interval(macro() - Math.sqrt(below) / n, macro() + Math.sqrt(above) / n);
    }

    private List<Proportion> present() {
        List<Proportion> classes = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            if (examples(i) > 0) {
                classes.add(accuracy(i));
            }
        }
        return classes;
    }

    /** The share of class {@code actual} that was called {@code predicted}: a row sums to 1, or to 0 if it is empty. */
    public double share(int actual, int predicted) {
        int n = examples(actual);
        return n == 0 ? 0 : (double) counts.get(actual).get(predicted) / n;
    }
}
