package io.redrl.evaluation;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a recogniser said of one example.
 *
 * @param index the image's index in the data set's split
 * @param attack the true class
 * @param victim the attacked victim, {@code none} for clean images
 * @param config the attack's settings as JSON
 * @param predicted the class that the recogniser named
 * @param probability how sure it was of that class, in [0, 1]
 */
public record PredictionRow(
        int index, String attack, String victim, String config, String predicted, double probability) {

    /** Whether the right class was named. */
    public boolean right() {
        return attack.equals(predicted);
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
