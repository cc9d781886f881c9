package io.redrl.evaluation;

import java.util.List;

/**
 * Accuracy of one recogniser in naming the attack, on images that no training saw.
 *
 * @param name its short name, unique in a run; part of file names
 * @param kind its role
 * @param of the recogniser that it is a version of, with a part taken away or from another seed; empty if of none
 * @param seed which training seed: 1, or more for a repetition of {@code of}
 * @param title how tables call it
 * @param input what Ψ sees, in a few words
 * @param confusion true class by named class
 */
public record RecognitionResult(
        String name, RecogniserKind kind, String of, int seed, String title, String input, ConfusionMatrix confusion) {

    /** A recogniser that is no version of another. */
    public RecognitionResult(String name, RecogniserKind kind, String title, String input, ConfusionMatrix confusion) {
        this(name, kind, "", 1, title, input, confusion);
    }

    /** Counts a recogniser's predictions. */
    public static RecognitionResult of(
            String name, RecogniserKind kind, String title, String input, List<PredictionRow> rows) {
        return new RecognitionResult(name, kind, title, input, PredictionRow.confusion(rows));
    }

    /** The same as a version of another recogniser. */
    public RecognitionResult versionOf(String whole, int trainingSeed) {
        return new RecognitionResult(name, kind, whole, trainingSeed, title, input, confusion);
    }

    /** The name that all training seeds of it share. */
    public String base() {
        return seed == 1 ? name : of;
    }
}
