package io.redrl.base;

import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.InjectableValues;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.MapperBuilder;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.ser.std.StdSerializer;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Records to JSON and back, and YAML to records, in one strict dialect: kebab-case keys, unknown and repeated keys refused,
 * missing keys and null refused (where a setting has a default, {@link #overlay} supplies it), {@code 8/255} read as a
 * number. Files may come from anybody: nesting has a limit, and so has the size of what is read.
 */
public final class Json {
    /**
     * For {@code @JacksonInject(value = Json.OR_EMPTY_MAP, useInput = OptBoolean.TRUE)}: a key that may be left out, which
     * then stands for an empty map. Once in a record.
     */
    public static final String OR_EMPTY_MAP = "empty map";

    /** The same for a component of type {@link Optional}. Once in a record; for further ones with {@code " 2"} to {@code " 4"} after it. */
    public static final String OR_ABSENT = "absent";

    /** Nothing that is written here is half as large; a text takes several times its size in memory. */
    private static final long LARGEST_FILE = 256L << 20;

    private static final int LONGEST_REFUSAL = 1_000;

    private static final Pattern MISSING = Pattern.compile("^Missing required creator property '([^']*)'");

    private static final JsonMapper JSON = configure(JsonMapper.builder()).build();
    private static final JsonMapper PRETTY = configure(JsonMapper.builder())
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();
    private static final YAMLMapper YAML = configure(YAMLMapper.builder()).build();

    private Json() {}

    private static <B extends MapperBuilder<?, B>> B configure(B builder) {
        SimpleModule fractions = new SimpleModule("fractions");
        fractions.addDeserializer(Double.class, new FractionDeserializer());
        fractions.addDeserializer(double.class, new FractionDeserializer());
        fractions.addSerializer(Double.class, new NumberSerializer());
        fractions.addSerializer(double.class, new NumberSerializer());
        return builder.addModule(fractions)
                .injectableValues(new InjectableValues.Std()
                        .addValue(OR_EMPTY_MAP, Map.of())
                        .addValue(OR_ABSENT, Optional.empty())
                        .addValue(OR_ABSENT + " 2", Optional.empty())
                        .addValue(OR_ABSENT + " 3", Optional.empty())
                        .addValue(OR_ABSENT + " 4", Optional.empty()))
                .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
                .enumNamingStrategy(
                        (config, type, name) -> name.toLowerCase(Locale.ROOT).replace('_', '-'))
                .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
                .disable(EnumFeature.READ_ENUMS_USING_TO_STRING)
                .disable(EnumFeature.WRITE_ENUMS_USING_TO_STRING)
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);
    }

    /** One line of JSON. The same record always gives the same text. */
    public static String line(Object value) {
        return JSON.writeValueAsString(value);
    }

    /** Indented JSON, ending in a newline. */
    public static String pretty(Object value) {
        return PRETTY.writeValueAsString(value) + "\n";
    }

    /** Writes indented JSON to {@code target}, which is complete or absent. */
    public static void write(Path target, Object value) {
        AtomicFiles.writeString(target, pretty(value));
    }

    /** Reads JSON text; {@code source} names it in messages. */
    public static <T> T parse(String text, Class<T> type, String source) {
        try {
            return JSON.readValue(text, type);
        } catch (JacksonException e) {
            RenamedSettings settings = RenamedSettings.in(tree(JSON, text));
            if (settings.found().isEmpty()) {
                throw unreadable(source, e);
            }
            return value(JSON, settings.renamed(), type, source);
        }
    }

    /** A null node where the text is none of the format. */
    private static JsonNode tree(ObjectMapper mapper, String text) {
        try {
            return mapper.readTree(text);
        } catch (JacksonException e) {
            return NullNode.getInstance();
        }
    }

    /**
     * The record {@code defaults} with some components changed.
     *
     * @param defaults a record; nested records are changed key by key, lists as a whole
     * @param changes the keys to change; unknown ones are refused
     * @param source names the text in messages
     */
    public static <T> T overlay(T defaults, JsonNode changes, Class<T> type, String source) {
        try {
            return JSON.treeToValue(merged(JSON.valueToTree(defaults), changes), type);
        } catch (JacksonException e) {
            throw unreadable(source, e);
        }
    }

    private static JsonNode merged(JsonNode base, JsonNode changes) {
        if (!(base instanceof ObjectNode object) || !changes.isObject()) {
            return changes;
        }
        for (Map.Entry<String, JsonNode> change : changes.properties()) {
            JsonNode old = object.get(change.getKey());
            object.set(change.getKey(), old == null ? change.getValue() : merged(old, change.getValue()));
        }
        return object;
    }

    /** Reads a JSON file. */
    public static <T> T read(Path file, Class<T> type) {
        return parse(text(file), type, file.toString());
    }

    /**
     * Reads a YAML file.
     *
     * @param warnings told, in a sentence each, which of its settings have another name by now
     */
    public static <T> T readYaml(Path file, Class<T> type, Consumer<String> warnings) {
        return readYaml(file, type, tree -> tree, warnings);
    }

    /**
     * Reads a YAML file in which settings may be left out.
     *
     * @param completed adds them
     * @param warnings as for {@link #readYaml(Path, Class, Consumer)}
     */
    public static <T> T readYaml(
            Path file, Class<T> type, UnaryOperator<JsonNode> completed, Consumer<String> warnings) {
        return parseYaml(text(file), type, file.toString(), completed, warnings);
    }

    /** Reads YAML text of today's names; {@code source} names it in messages. */
    public static <T> T parseYaml(String text, Class<T> type, String source) {
        return parseYaml(text, type, source, warning -> {});
    }

    /** Reads YAML text; {@code source} names it in messages, {@code warnings} are as for {@link #readYaml}. */
    public static <T> T parseYaml(String text, Class<T> type, String source, Consumer<String> warnings) {
        return parseYaml(text, type, source, tree -> tree, warnings);
    }

    private static <T> T parseYaml(
            String text, Class<T> type, String source, UnaryOperator<JsonNode> completed, Consumer<String> warnings) {
        RenamedSettings settings = RenamedSettings.in(tree(YAML, text));
        settings.found()
                .forEach((old, today) -> warnings.accept(
                        source + ": " + old + " is called " + today + " now; the old name goes with the next version"));
        JsonNode whole = completed.apply(settings.renamed().deepCopy());
        try {
            // From the text where that will do: messages then have line numbers.
            return settings.found().isEmpty() && whole.equals(settings.renamed())
                    ? YAML.readValue(text, type)
                    : value(YAML, whole, type, source);
        } catch (JacksonException e) {
            throw unreadable(source, e);
        }
    }

    private static <T> T value(ObjectMapper mapper, JsonNode tree, Class<T> type, String source) {
        try {
            return mapper.treeToValue(tree, type);
        } catch (JacksonException e) {
            throw unreadable(source, e);
        }
    }

    private static String text(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new RedrlException("No such file: " + file);
        }
        try {
            long size = Files.size(file);
            Checks.require(
                    size <= LARGEST_FILE, "%s has %d bytes, more than the %d that are read", file, size, LARGEST_FILE);
            return Files.readString(file);
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + e, e);
        }
    }

    /** A record's own refusal comes through as its message; everything else as Jackson's first line and the place. */
    private static RedrlException unreadable(String source, JacksonException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof RedrlException own) {
                // It may quote a value of any length.
                return new RedrlException(
                        source + ": " + place(e) + OneLine.of(String.valueOf(own.getMessage()), LONGEST_REFUSAL), e);
            }
        }
        if (e instanceof UnrecognizedPropertyException unknown) {
            String known =
                    unknown.getKnownPropertyIds().stream().map(String::valueOf).collect(Collectors.joining(", "));
            return new RedrlException(
                    source + ": " + place(e) + "unknown key \"" + OneLine.of(unknown.getPropertyName()) + "\"; known: "
                            + known,
                    e);
        }
        return new RedrlException(source + ": " + place(e) + OneLine.of(problem(e)), e);
    }

    /** What is wrong, in the words of a file and not of the program. */
    private static String problem(JacksonException e) {
        if (e instanceof InvalidFormatException wrong) {
            return expected(wrong.getTargetType()) + ", got " + OneLine.of(wrong.getValue());
        }
        String text = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("not readable");
        Matcher missing = MISSING.matcher(text);
        if (missing.find()) {
            return missing.group(1) + " is missing";
        }
        if (e instanceof MismatchedInputException wrong && wrong.getTargetType() != null && text.contains("`")) {
            return expected(wrong.getTargetType());
        }
        return text;
    }

    private static String expected(Class<?> type) {
        if (type.isEnum()) {
            return "expected one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(each -> JSON.convertValue(each, String.class))
                            .collect(Collectors.joining(", "));
        }
        if (type == boolean.class || type == Boolean.class) {
            return "expected true or false";
        }
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            return "expected a whole number";
        }
        if (type == String.class) {
            return "expected a text";
        }
        return Collection.class.isAssignableFrom(type)
                ? "expected a list"
                : "expected settings by name, such as {key: value}";
    }

    /**
     * Refusal of settings.
     *
     * @param path the keys, and numbers of entries in lists, that lead to what is refused
     * @param text what is wrong with it
     */
    public record Refusal(List<String> path, String text) {
        /** Copies the list. */
        public Refusal {
            path = List.copyOf(path);
        }
    }

    /** Why settings are none of a type; empty if they are. Says of several reasons the first. */
    public static Optional<Refusal> refusal(JsonNode settings, Type type) {
        try {
            JSON.readerFor(JSON.constructType(type)).readValue(settings);
            return Optional.empty();
        } catch (JacksonException e) {
            List<String> path = new ArrayList<>();
            for (JacksonException.Reference step : e.getPath()) {
                path.add(step.getPropertyName() == null ? Integer.toString(step.getIndex()) : step.getPropertyName());
            }
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof RedrlException own) {
                    return Optional.of(
                            new Refusal(path, OneLine.of(String.valueOf(own.getMessage()), LONGEST_REFUSAL)));
                }
            }
            return Optional.of(new Refusal(path, OneLine.of(problem(e), LONGEST_REFUSAL)));
        }
    }

    /** The settings in YAML text, as they stand there but for names of before; {@code source} names it in messages. */
    public static JsonNode yamlTree(String text, String source) {
        try {
            return RenamedSettings.in(YAML.readTree(text)).renamed();
        } catch (JacksonException e) {
            throw unreadable(source, e);
        }
    }

    /** The line, from 1, of everything in YAML text, by its {@linkplain Refusal#path path} joined with {@code /}. */
    public static Map<String, Integer> yamlLines(String text) {
        Map<String, Integer> lines = new HashMap<>();
        try (JsonParser parser = YAML.createParser(text)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                String path = parser.streamReadContext().pathAsPointer().toString();
                lines.putIfAbsent(
                        path.isEmpty() ? "" : path.substring(1),
                        parser.currentTokenLocation().getLineNr());
            }
        }
        return lines;
    }

    /** Where in the document: the path of keys, such as {@code recognisers[2].labels}. */
    private static String place(JacksonException e) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference step : e.getPath()) {
            if (step.getPropertyName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        }
        var at = e.getLocation();
        String line = at == null || at.getLineNr() < 1 ? "" : "line " + at.getLineNr() + ": ";
        return line + (path.isEmpty() ? "" : "at " + OneLine.of(path) + ": ");
    }

    /** Writes what is no number as null, which JSON's other readers understand. */
    private static final class NumberSerializer extends StdSerializer<Double> {
        NumberSerializer() {
            super(Double.class);
        }

        @Override
        public void serialize(Double value, JsonGenerator generator, SerializationContext context) {
            if (value.isNaN()) {
                generator.writeNull();
            } else {
                generator.writeNumber(value);
            }
        }
    }

    /** Reads 0.03, "0.03" and "8/255", and null as no number, which settings refuse. */
    private static final class FractionDeserializer extends StdDeserializer<Double> {
        FractionDeserializer() {
            super(Double.class);
        }

        @Override
        public Object getNullValue(DeserializationContext context) {
            return Double.NaN;
        }

        @Override
        public Double deserialize(JsonParser parser, DeserializationContext context) {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                return Fractions.parse(parser.getString());
            }
            if (parser.currentToken() != null && parser.currentToken().isNumeric()) {
                return parser.getDoubleValue();
            }
            throw new RedrlException("expected a number such as 0.03 or 8/255, got " + OneLine.of(parser.getString()));
        }
    }
}
