package io.redrl.evaluation;

import io.redrl.base.Checks;
import io.redrl.stats.Interval;
import java.util.ArrayList;
import java.util.List;

/**
 * Two recognisers on the same examples. Looking at the examples that only one of them gets right takes out what both
 * find hard, so that smaller differences can be told from chance than by comparing two accuracies.
 *
 * @param first the name of a recogniser
 * @param second the name of the one that it is compared with
 * @param classes the disagreements, class by class
 */
public record PairedComparison(String first, String second, List<Disagreement> classes) {
    /** Copies the list. */
    public PairedComparison {
        classes = List.copyOf(classes);
    }

    /**
     * Where two recognisers differ within a class.
     *
     * @param attack the class
     * @param n its examples
     * @param onlyFirst how many only the first recogniser got right
     * @param onlySecond how many only the second got right
     */
    public record Disagreement(String attack, int n, int onlyFirst, int onlySecond) {
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

    /** Compares two recognisers' verdicts, given for the same examples in the same order. */
    public static PairedComparison of(
            String first, List<PredictionRow> firstRows, String second, List<PredictionRow> secondRows) {
        Checks.require(
                firstRows.size() == secondRows.size(),
                "%s and %s must be compared on the same examples, got %d and %d",
                first,
                second,
                firstRows.size(),
                secondRows.size());
        List<Disagreement> classes = new ArrayList<>();
        for (String attack : ClassNames.ids()) {
            int n = 0;
            int onlyFirst = 0;
            int onlySecond = 0;
            for (int i = 0; i < firstRows.size(); i++) {
                PredictionRow a = firstRows.get(i);
                PredictionRow b = secondRows.get(i);
                Checks.require(
                        a.index() == b.index()
                                && a.attack().equals(b.attack())
                                && a.config().equals(b.config()),
                        "%s and %s must be compared on the same examples: row %d is image %d of %s and %d of %s",
                        first,
                        second,
                        i,
                        a.index(),
                        a.attack(),
                        b.index(),
                        b.attack());
                if (a.attack().equals(attack)) {
                    n++;
                    onlyFirst += a.right() && !b.right() ? 1 : 0;
                    onlySecond += b.right() && !a.right() ? 1 : 0;
                }
            }
            if (n > 0) {
                classes.add(new Disagreement(attack, n, onlyFirst, onlySecond));
            }
        }
        return new PairedComparison(first, second, classes);
    }

    /** The same comparison, the other way round. */
    public PairedComparison reversed() {
        return new PairedComparison(
                second,
                first,
                classes.stream()
                        .map(c -> new Disagreement(c.attack(), c.n(), c.onlySecond(), c.onlyFirst()))
                        .toList());
    }

    /** The first's macro accuracy minus the second's, in [-1, 1]. */
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
