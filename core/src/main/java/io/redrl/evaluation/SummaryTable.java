package io.redrl.evaluation;

import io.redrl.stats.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Table of the recognisers' accuracies with everything worked out, for people at a terminal and for machines.
 *
 * @param rows one per recogniser
 */
public record SummaryTable(List<Row> rows) {
    /** Copies the list. */
    public SummaryTable {
        rows = List.copyOf(rows);
    }

    /**
     * Accuracies in [0, 1].
     *
     * @param name the recogniser
     * @param title how tables call it
     * @param n examples
     * @param perClass accuracy by class id
     * @param perClassInterval its 95 % interval by class id
     * @param micro over all examples
     * @param microInterval its 95 % interval
     * @param macro mean over classes
     * @param macroInterval its 95 % interval
     */
    public record Row(
            String name,
            String title,
            int n,
            Map<String, Double> perClass,
            Map<String, Interval> perClassInterval,
            double micro,
            Interval microInterval,
            double macro,
            Interval macroInterval) {}

    /** Works out the accuracies of {@code results}. */
    public static SummaryTable of(List<RecognitionResult> results) {
        List<Row> rows = new ArrayList<>();
        for (RecognitionResult result : results) {
            ConfusionMatrix confusion = result.confusion();
            Map<String, Double> perClass = new TreeMap<>();
            Map<String, Interval> intervals = new TreeMap<>();
            for (String label : confusion.labels()) {
                perClass.put(label, confusion.accuracy(label).value());
                intervals.put(label, confusion.accuracy(label).interval());
            }
            rows.add(new Row(
                    result.name(),
                    result.title(),
                    confusion.examples(),
                    perClass,
                    intervals,
                    confusion.micro().value(),
                    confusion.micro().interval(),
                    confusion.macro(),
                    confusion.macroInterval()));
        }
        return new SummaryTable(rows);
    }

    /** The column titles of {@link #cells()}. */
    public static List<String> header() {
        List<String> header = new ArrayList<>(List.of("recogniser"));
        ClassNames.ids().forEach(id -> header.add(ClassNames.label(id)));
        header.addAll(List.of("macro", "95 %", "micro", "n"));
        return header;
    }

    /** One line of text cells per recogniser, in per cent. */
    public List<List<String>> cells() {
        List<List<String>> lines = new ArrayList<>();
        for (Row row : rows) {
            List<String> line = new ArrayList<>(List.of(row.title()));
            for (String id : ClassNames.ids()) {
                line.add(percent(row.perClass().getOrDefault(id, Double.NaN)));
            }
            line.add(percent(row.macro()));
            line.add(percent(row.macroInterval().low()) + "–"
                    + percent(row.macroInterval().high()));
            line.add(percent(row.micro()));
            line.add(Integer.toString(row.n()));
            lines.add(line);
        }
        return lines;
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.1f", 100 * share);
    }
}
