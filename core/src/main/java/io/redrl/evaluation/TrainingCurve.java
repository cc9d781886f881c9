package io.redrl.evaluation;

import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * How a training went.
 *
 * @param name which training, such as the recogniser's name
 * @param losses one series per loss
 * @param accuracies one series per accuracy, values in [0, 1]
 */
public record TrainingCurve(String name, List<Series> losses, List<Series> accuracies) {
    /** Copies the lists. */
    public TrainingCurve {
        losses = List.copyOf(losses);
        accuracies = List.copyOf(accuracies);
    }

    /**
     * One measured quantity.
     *
     * @param name what is measured
     * @param steps where, ascending
     * @param values what was measured there
     */
    public record Series(String name, List<Double> steps, List<Double> values) {
        /** Checks that each value has its step. */
        public Series {
            steps = List.copyOf(steps);
            values = List.copyOf(values);
            Checks.require(
                    steps.size() == values.size(),
                    "series %s needs a step for each value, got %d and %d",
                    name,
                    steps.size(),
                    values.size());
        }
    }

    /**
     * Reads a training's {@code metrics.jsonl}: one JSON object per line with a step number and named numbers. A number
     * whose name contains {@code accuracy} is an accuracy; one whose name contains {@code loss} is a loss, unless it is 0
     * throughout, which is how a loss that is not computed is written; others are passed over.
     *
     * @param name which training
     * @param stepKey the key of the step number, such as {@code step} or {@code epoch}
     */
    public static TrainingCurve read(Path metrics, String name, String stepKey) {
        Map<String, List<Double>> steps = new TreeMap<>();
        Map<String, List<Double>> values = new TreeMap<>();
        for (String line : lines(metrics)) {
            JsonNode row = Json.parse(line, JsonNode.class, metrics.toString());
            JsonNode step = row.get(stepKey);
            if (step == null || !step.isNumber()) {
                continue;
            }
            row.properties().forEach(entry -> {
                if (entry.getValue().isNumber() && (isLoss(entry.getKey()) || isAccuracy(entry.getKey()))) {
                    steps.computeIfAbsent(entry.getKey(), k -> new ArrayList<>())
                            .add(step.asDouble());
                    values.computeIfAbsent(entry.getKey(), k -> new ArrayList<>())
                            .add(entry.getValue().asDouble());
                }
            });
        }
        List<Series> losses = new ArrayList<>();
        List<Series> accuracies = new ArrayList<>();
        steps.forEach((key, at) -> {
            Series series = new Series(key, at, values.getOrDefault(key, List.of()));
            if (isAccuracy(key)) {
                accuracies.add(series);
            } else if (series.values().stream().anyMatch(value -> value != 0)) {
                losses.add(series);
            }
        });
        return new TrainingCurve(name, losses, accuracies);
    }

    private static boolean isLoss(String key) {
        return key.contains("loss");
    }

    private static boolean isAccuracy(String key) {
        return key.contains("accuracy");
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream().filter(l -> !l.isBlank()).toList();
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + e, e);
        }
    }
}
