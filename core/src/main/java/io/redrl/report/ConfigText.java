package io.redrl.report;

import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** An attack's settings, stored as a line of JSON, as a line of text: {@code ε 8/255 · α 0.01 · 100 steps}. */
final class ConfigText {
    private static final Map<String, String> SYMBOLS = Map.of(
            "epsilon", "ε",
            "step-size", "α",
            "learning-rate", "rate",
            "confidence", "κ",
            "kappa", "κ");

    private ConfigText() {}

    /** The settings as text; what is not JSON stays as it is. */
    static String of(String config) {
        JsonNode settings;
        try {
            settings = Json.parse(config, JsonNode.class, "settings");
        } catch (RedrlException e) {
            return config;
        }
        List<String> parts = new ArrayList<>();
        settings.properties().stream()
                .filter(e -> !e.getKey().equals("attack"))
                .map(e -> setting(e.getKey(), e.getValue()))
                .forEach(parts::add);
        return String.join(" · ", parts);
    }

    private static String setting(String key, JsonNode value) {
        if (value.isBoolean()) {
            return (value.asBoolean() ? "" : "no ") + words(key);
        }
        if (key.equals("epsilon") && value.isNumber()) {
            return "ε " + Numbers.greyLevels(value.asDouble());
        }
        if (key.equals("steps")) {
            return value.asString() + " steps";
        }
        if (key.equals("patch-size") || key.equals("size")) {
            return "patch " + value.asString() + "×" + value.asString();
        }
        return SYMBOLS.getOrDefault(key, words(key)) + " "
                + (value.isValueNode() ? value.asString() : value.toString());
    }

    private static String words(String key) {
        return key.replace('-', ' ');
    }
}
