package io.redrl.stats;

import com.fasterxml.jackson.annotation.JsonAlias;
import io.redrl.base.Checks;
import java.util.ArrayList;
import java.util.List;

/**
 * Paired comparison of two classifiers' macro accuracies on the same examples. Looking at the examples that only one of them gets
 * right takes out what both find hard, so that smaller differences can be told from chance than by comparing two accuracies.
 *
 * @param first the name of a classifier
 * @param second the name of the one that it is compared with
 * @param classes the disagreements, class by class; classes without examples are left out
 */
public record PairedComparison(String first, String second, List<Disagreement> classes) {
    /** Copies the list. */
    public PairedComparison {
        classes = List.copyOf(classes);
    }

    /**
     * Disagreements of two classifiers within a class.
     *
     * @param label the class
     * @param n its examples
     * @param onlyFirst how many only the first classifier got right
     * @param onlySecond how many only the second got right
     */
    public record Disagreement(@JsonAlias("attack") String label, int n, int onlyFirst, int onlySecond) {
        /** Refuses more disagreements than examples. */
        public Disagreement {
            Checks.require(
                    n > 0 && onlyFirst >= 0 && onlySecond >= 0 && onlyFirst + onlySecond <= n,
                    "%d + %d disagreements do not fit %d examples",
                    onlyFirst,
                    onlySecond,
                    n);
        }
    }

    /**
     * Compares two classifiers.
     *
     * @param firstRight whether the first got each example right
     * @param secondRight the same of the second, in the same order
     * @param labels the class of each example
     * @param classes the classes, in the order of the result
     */
    public static PairedComparison of(
            String first,
            boolean[] firstRight,
            String second,
            boolean[] secondRight,
            List<String> labels,
            List<String> classes) {
        Checks.require(
                firstRight.length == secondRight.length && firstRight.length == labels.size(),
                "%s and %s must be compared on the same examples, got %d and %d with %d labels",
                first,
                second,
                firstRight.length,
                secondRight.length,
                labels.size());
        List<Disagreement> counted = new ArrayList<>();
        for (String label : classes) {
            int n = 0;
            int onlyFirst = 0;
            int onlySecond = 0;
            for (int i = 0; i < firstRight.length; i++) {
                if (labels.get(i).equals(label)) {
                    n++;
                    onlyFirst += firstRight[i] && !secondRight[i] ? 1 : 0;
                    onlySecond += secondRight[i] && !firstRight[i] ? 1 : 0;
                }
            }
            if (n > 0) {
                counted.add(new Disagreement(label, n, onlyFirst, onlySecond));
            }
        }
        return new PairedComparison(first, second, counted);
    }

    /** The same comparison, the other way round. */
    public PairedComparison reversed() {
        return new PairedComparison(
                second,
                first,
                classes.stream()
                        .map(c -> new Disagreement(c.label(), c.n(), c.onlySecond(), c.onlyFirst()))
                        .toList());
    }

    /** The first's macro accuracy minus the second's, in [-1, 1]; NaN without examples. */
    public double difference() {
        return classes.stream()
                .mapToDouble(c -> (double) (c.onlyFirst() - c.onlySecond()) / c.n())
                .average()
                .orElse(Double.NaN);
    }

    /**
     * A 95 % interval for the difference of the macro accuracies: per class Agresti and Min's interval for matched pairs
     * (2005, half an example added to each of the four cells), the classes' variances added.
     */
    public Interval interval() {
        double centre = 0;
        double variance = 0;
        for (Disagreement c : classes) {
            double n = c.n() + 2;
            double shift = (c.onlyFirst() - c.onlySecond()) / n;
            centre += shift;
            variance += ((c.onlyFirst() + c.onlySecond() + 1) / n - shift * shift) / n;
        }
        int size = Math.max(1, classes.size());
        double half = Interval.Z * Math.sqrt(variance) / size;
        return new Interval(centre / size - half, centre / size + half);
    }
}
