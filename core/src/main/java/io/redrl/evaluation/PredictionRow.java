package io.redrl.evaluation;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.redrl.adversarial.AdversarialExample;
import io.redrl.attack.AttackClass;
import io.redrl.base.AtomicFiles;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.calibration.Prediction;
import io.redrl.stats.Proportion;
import io.redrl.stats.Reliability;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Prediction of a recogniser for one example, and which example that is.
 *
 * @param condition where the image is from: {@link #TEST}, or what else was varied, such as {@code corruption/JPEG 90}
 * @param index the image's index in the data set's split
 * @param attack what was done to it: an attack's id, or {@code clean}
 * @param victim the attacked victim, {@code none} for clean images
 * @param config the attack's settings as JSON
 * @param prediction of the six classes, with an OOD score
 * @param fools whether the image as stored fools the attacked victim; absent for clean images, and in files of earlier versions
 */
public record PredictionRow(
        String condition,
        int index,
        String attack,
        String victim,
        String config,
        Prediction prediction,

        @JacksonInject(value = Json.OR_ABSENT, useInput = OptBoolean.TRUE) @JsonInclude(JsonInclude.Include.NON_ABSENT)
        Optional<Boolean> fools) {
    /** A prediction for an example of which it is not known whether it fools a victim. */
    public PredictionRow(
            String condition, int index, String attack, String victim, String config, Prediction prediction) {
        this(condition, index, attack, victim, config, prediction, Optional.empty());
    }

    /** The condition of the test set's own images. */
    public static final String TEST = "test";

    /** The prediction for a row of an adversarial set. */
    public static PredictionRow of(String condition, AdversarialExample row, Prediction prediction) {
        Optional<Boolean> fools =
                row.attack().equals(AttackClass.CLEAN.id()) ? Optional.empty() : Optional.of(row.success());
        return new PredictionRow(condition, row.index(), row.attack(), row.victim(), row.config(), prediction, fools);
    }

    /** The id of the likeliest class, whatever the score. */
    public String predicted() {
        return prediction.best().id();
    }

    /** Whether the right class was named. */
    public boolean right() {
        return attack.equals(predicted());
    }

    /** Confusion matrix of rows of the six classes; the answer "unknown" is left out of account. */
    static ConfusionMatrix confusion(List<PredictionRow> rows) {
        return ConfusionMatrix.of(
                ClassNames.ids(),
                rows.stream().map(PredictionRow::attack).toList(),
                rows.stream().map(PredictionRow::predicted).toList());
    }

    /** How often they are right when they are so and so sure. */
    static Reliability reliability(List<PredictionRow> rows) {
        double[] confidence = new double[rows.size()];
        boolean[] right = new boolean[rows.size()];
        for (int i = 0; i < right.length; i++) {
            confidence[i] = rows.get(i).prediction().confidence();
            right[i] = rows.get(i).right();
        }
        return Reliability.of(confidence, right);
    }

    /** The share that was called unknown. */
    static Proportion unknown(List<PredictionRow> rows) {
        return new Proportion(
                (int) rows.stream().filter(row -> row.prediction().unknown()).count(), rows.size());
    }

    /** Writes rows as JSON lines, complete or not at all. */
    public static void write(Path file, List<PredictionRow> rows) {
        AtomicFiles.write(file, out -> {
            for (PredictionRow row : rows) {
                out.write((Json.line(row) + "\n").getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    /** Reads what {@link #write} wrote. */
    public static List<PredictionRow> read(Path file) {
        List<PredictionRow> rows = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                rows.add(Json.parse(line, PredictionRow.class, file + ": line " + (rows.size() + 1)));
            }
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + e, e);
        }
        return rows;
    }
}
