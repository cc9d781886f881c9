package io.redrl.evaluation;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.redrl.base.Json;
import java.util.List;
import java.util.Optional;

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
 * @param bySuccess the same of attacked examples alone, divided; absent where nobody asked the victims
 */
public record RecognitionResult(
        String name,
        RecogniserKind kind,
        String of,
        int seed,
        String title,
        String input,
        ConfusionMatrix confusion,

        @JacksonInject(value = Json.OR_ABSENT, useInput = OptBoolean.TRUE) @JsonInclude(JsonInclude.Include.NON_ABSENT)
        Optional<BySuccess> bySuccess) {
    /**
     * Attacked examples, divided by whether they reached their end.
     *
     * @param fooling those that fool the victim
     * @param others those that do not
     */
    public record BySuccess(ConfusionMatrix fooling, ConfusionMatrix others) {
        private static Optional<BySuccess> of(List<PredictionRow> rows) {
            return rows.stream().anyMatch(row -> row.fools().isPresent())
                    ? Optional.of(new BySuccess(of(rows, true), of(rows, false)))
                    : Optional.empty();
        }

        private static ConfusionMatrix of(List<PredictionRow> rows, boolean fooling) {
            return PredictionRow.confusion(rows.stream()
                    .filter(row -> row.fools().equals(Optional.of(fooling)))
                    .toList());
        }
    }

    /** A recogniser whose victims nobody asked. */
    public RecognitionResult(
            String name,
            RecogniserKind kind,
            String of,
            int seed,
            String title,
            String input,
            ConfusionMatrix confusion) {
        this(name, kind, of, seed, title, input, confusion, Optional.empty());
    }

    /** A recogniser that is no version of another. */
    public RecognitionResult(String name, RecogniserKind kind, String title, String input, ConfusionMatrix confusion) {
        this(name, kind, "", 1, title, input, confusion);
    }

    /** Counts a recogniser's predictions. */
    public static RecognitionResult of(
            String name, RecogniserKind kind, String title, String input, List<PredictionRow> rows) {
        return new RecognitionResult(
                name, kind, "", 1, title, input, PredictionRow.confusion(rows), BySuccess.of(rows));
    }

    /** The same as a version of another recogniser. */
    public RecognitionResult versionOf(String whole, int trainingSeed) {
        return new RecognitionResult(name, kind, whole, trainingSeed, title, input, confusion, bySuccess);
    }

    /** The name that all training seeds of it share. */
    public String base() {
        return seed == 1 ? name : of;
    }
}
