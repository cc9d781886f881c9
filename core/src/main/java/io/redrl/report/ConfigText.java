package io.redrl.report;

import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * An attack's settings, stored as a line of JSON, as a line of text: {@code ε 8/255 · α 0.01 · 100 steps}. What is off or as
 * nearly everybody has it is left out; the manifest has everything in full.
 */
final class ConfigText {
    private static final Map<String, String> SYMBOLS = Map.of("step-size", "α", "learning-rate", "rate");

    /** Settings not worth a word. */
    private static final Map<String, String> USUAL = Map.of(
            "target", "none",
            "norm", "linf",
            "loss", "cross-entropy",
            "restarts", "1",
            "binary-search-steps", "1",
            "place", "random");

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
                .filter(e -> !plain(e.getValue()).equals(USUAL.get(e.getKey())))
                .map(e -> setting(e.getKey(), e.getValue(), settings))
                .filter(part -> !part.isEmpty())
                .forEach(parts::add);
        return String.join(" · ", parts);
    }

    /** One setting in words, or nothing for what is off. */
    private static String setting(String key, JsonNode value, JsonNode settings) {
        if (value.isBoolean()) {
            return value.asBoolean() ? words(key) : "";
        }
        return switch (key) {
            case "epsilon" -> "ε " + Numbers.greyLevels(value.asDouble());
            case "steps" -> value.asString() + " steps";
            case "height" -> value.asString() + "×" + settings.path("width").asString("?");
            case "width" -> "";
            case "confidence" -> value.asDouble() == 0 ? "" : "κ " + plain(value);
            default -> SYMBOLS.getOrDefault(key, words(key)) + " " + plain(value);
        };
    }

    /** A number without a needless fraction; one that is a whole number of grey levels, as such. */
    private static String plain(JsonNode value) {
        if (!value.isNumber()) {
            return value.isValueNode() ? value.asString() : value.toString();
        }
        double number = value.asDouble();
        if (number == Math.rint(number) && Math.abs(number) < 1e15) {
            return Long.toString((long) number);
        }
        double levels = number * 255;
        return Math.abs(levels - Math.rint(levels)) < 1e-9 ? Numbers.greyLevels(number) : value.asString();
    }

    private static String words(String key) {
        return key.replace('-', ' ');
    }
}
