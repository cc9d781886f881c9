package io.redrl.model;

import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * A file of class names in the order of a victim's logits: text with one on each line, or JSON, either a list, or an object from
 * numbers to names ({@code {"0": "cat"}}, {@code {"0": ["n02123045", "tabby"]}}) or from names to numbers ({@code {"cat": 0}}).
 */
public final class ClassNameFile {
    private static final long LARGEST = 16 << 20;

    private ClassNameFile() {}

    /**
     * Reads the names; of several for a class one with commas between.
     *
     * @throws RedrlException if it cannot be read, or leaves a class without a name
     */
    public static List<String> read(Path file) {
        try {
            Checks.require(Files.isRegularFile(file), "no such file of class names: %s", file);
            Checks.require(Files.size(file) <= LARGEST, "%s is too large for a file of class names", file);
            String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .replace("\uFEFF", "")
                    .strip();
            List<String> names = text.startsWith("[") || text.startsWith("{")
                    ? json(Json.parse(text, JsonNode.class, file.toString()), file)
                    : text.lines().map(String::strip).toList();
            for (int i = 0; i < names.size(); i++) {
                Checks.require(!names.get(i).isEmpty(), "%s has no name for class %d", file, i);
            }
            Checks.require(!names.isEmpty(), "%s holds no class names", file);
            return names;
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + e, e);
        }
    }

    private static List<String> json(JsonNode node, Path file) {
        List<String> names = new ArrayList<>();
        if (node.isArray()) {
            node.forEach(each -> names.add(name(each)));
            return names;
        }
        Map<Integer, String> byNumber = new TreeMap<>();
        node.properties().forEach(entry -> {
            boolean backwards = entry.getValue().isIntegralNumber();
            String number = backwards ? entry.getValue().toString() : entry.getKey();
            Checks.require(number.matches("\\d{1,6}"), "%s: '%s' is not the number of a class", file, number);
            String before = byNumber.put(Integer.parseInt(number), backwards ? entry.getKey() : name(entry.getValue()));
            Checks.require(before == null, "%s names class %s twice", file, number);
        });
        int next = 0;
        for (int number : byNumber.keySet()) {
            Checks.require(number == next++, "%s has no name for class %d", file, next - 1);
        }
        return List.copyOf(byNumber.values());
    }

    private static String name(JsonNode node) {
        return node.isArray()
                ? node.valueStream().map(ClassNameFile::name).collect(Collectors.joining(", "))
                : node.asString("").strip();
    }
}
