package io.redrl.evaluation;

import java.util.List;

/**
 * How well one recogniser names the attack, on images that no training saw.
 *
 * @param name its short name, unique in a run; part of file names
 * @param kind what sort it is
 * @param title how tables call it
 * @param input what Ψ sees, in a few words
 * @param confusion what was, against what it said
 */
public record RecognitionResult(
        String name, RecogniserKind kind, String title, String input, ConfusionMatrix confusion) {

    /** Counts a recogniser's verdicts. */
    public static RecognitionResult of(
            String name, RecogniserKind kind, String title, String input, List<PredictionRow> rows) {
        return new RecognitionResult(
                name,
                kind,
                title,
                input,
                ConfusionMatrix.of(
                        ClassNames.ids(),
                        rows.stream().map(PredictionRow::attack).toList(),
                        rows.stream().map(PredictionRow::predicted).toList()));
    }

    /** The share of each class that was named right, in the matrix's order. */
    public List<Proportion> perClass() {
        return java.util.stream.IntStream.range(0, confusion.labels().size())
                .mapToObj(confusion::accuracy)
                .toList();
    }
}
