package io.redrl.recognition;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;

/** {@code metrics.jsonl}: a line for every step, on disk before the checkpoint of that step. */
final class MetricsLog {
    /** Steps over which accuracy is averaged for the reader. */
    private static final int RECENT = 50;

    private final Path file;
    private final StringBuilder pending = new StringBuilder();
    private final Deque<StepMetrics> recent = new ArrayDeque<>();

    /** Opens the log to go on after {@code step}; lines of later steps, which a kill left behind, are dropped. */
    MetricsLog(Path file, int step) {
        this.file = file;
        List<StepMetrics> kept = step == 0
                ? List.of()
                : read(file).stream().filter(m -> m.step() <= step).toList();
        kept.forEach(this::remember);
        AtomicFiles.writeString(
                file, kept.stream().map(m -> Json.line(m) + "\n").collect(Collectors.joining()));
    }

    /** The lines of a log, but for a last one that a kill cut off. */
    static List<StepMetrics> read(Path file) {
        try {
            return Files.isRegularFile(file)
                    ? Files.readString(file)
                            .lines()
                            .filter(line -> line.endsWith("}"))
                            .map(line -> Json.parse(line, StepMetrics.class, file.toString()))
                            .toList()
                    : List.of();
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + e, e);
        }
    }

    void add(StepMetrics metrics) {
        remember(metrics);
        pending.append(Json.line(metrics)).append('\n');
    }

    private void remember(StepMetrics metrics) {
        recent.add(metrics);
        if (recent.size() > RECENT) {
            recent.remove();
        }
    }

    void flush() {
        try {
            Files.writeString(file, pending, StandardOpenOption.APPEND, StandardOpenOption.CREATE);
        } catch (IOException e) {
            throw AtomicFiles.writeFailure(file, e);
        }
        pending.setLength(0);
    }

    /** Mean accuracy over the last steps. */
    double accuracy() {
        return recent.stream().mapToDouble(StepMetrics::accuracy).average().orElse(0);
    }

    /** Mean weighted loss over the last steps. */
    double loss() {
        return recent.stream().mapToDouble(StepMetrics::loss).average().orElse(0);
    }
}
