package io.redrl.base;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Names that settings had in version 0.1: files with them are still read, for one version, with a warning of each. */
final class RenamedSettings {
    private static final Map<String, String> KEYS = Map.ofEntries(
            Map.entry("draw", "sampling"),
            Map.entry("against", "reference-label"),
            Map.entry("evidence", "victim-features"),
            Map.entry("without-victims", "left-out-victims"),
            Map.entry("changes", "augmented"),
            Map.entry("strangers", "outliers"),
            Map.entry("generalisation", "robustness"),
            Map.entry("unknown-share", "false-positive-rate"),
            Map.entry("cleanCorruptions", "clean-corruptions"),
            Map.entry("transforms", "corruptions"));

    private static final Map<String, String> INPUTS = Map.of(
            "high-pass-and-image", "srm-and-image",
            "residual-high-pass-and-image", "residual-srm-and-image",
            "prediction-error-and-image", "linear-prediction-residual-and-image");

    private final SortedMap<String, String> found = new TreeMap<>();
    private final JsonNode renamed;

    private RenamedSettings(JsonNode settings) {
        renamed = renamed(settings);
    }

    /** Looks for old names in settings, which stay as they are. */
    static RenamedSettings in(JsonNode settings) {
        return new RenamedSettings(settings);
    }

    /** The old names that were met, each with its new one. */
    SortedMap<String, String> found() {
        return Collections.unmodifiableSortedMap(found);
    }

    /** The settings under today's names; a key that stands beside its own new name is left as it is, to be refused. */
    JsonNode renamed() {
        return renamed;
    }

    private JsonNode renamed(JsonNode settings) {
        if (settings instanceof ArrayNode list) {
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            list.forEach(element -> all.add(renamed(element)));
            return all;
        }
        if (!(settings instanceof ObjectNode object)) {
            return settings;
        }
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> setting : object.properties()) {
            String old = setting.getKey();
            String today = KEYS.getOrDefault(old, old);
            if (object.has(today) && !today.equals(old)) {
                today = old;
            }
            JsonNode value = setting.getValue();
            String input = old.equals("input") && value.isString() ? INPUTS.get(value.asString()) : null;
            if (input != null) {
                found.put("input: " + value.asString(), input);
                all.put(today, input);
            } else {
                if (!today.equals(old)) {
                    found.put(old, today);
                }
                all.set(today, renamed(value));
            }
        }
        return all;
    }
}
