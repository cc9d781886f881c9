package io.redrl.base;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.EnumNamingStrategies;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.MapperBuilder;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Records to JSON and back, and YAML to records, in one strict dialect: kebab-case keys, unknown keys refused, missing
 * primitives refused, {@code 8/255} read as a number.
 */
public final class Json {
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
        return builder.addModule(fractions)
                .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
                .enumNamingStrategy(EnumNamingStrategies.LOWER_CAMEL_CASE)
                .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
                .disable(EnumFeature.READ_ENUMS_USING_TO_STRING)
                .disable(EnumFeature.WRITE_ENUMS_USING_TO_STRING)
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
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
            throw unreadable(source, e);
        }
    }

    /** Reads a JSON file. */
    public static <T> T read(Path file, Class<T> type) {
        return parse(text(file), type, file.toString());
    }

    /** Reads a YAML file. */
    public static <T> T readYaml(Path file, Class<T> type) {
        return parseYaml(text(file), type, file.toString());
    }

    /** Reads YAML text; {@code source} names it in messages. */
    public static <T> T parseYaml(String text, Class<T> type, String source) {
        try {
            return YAML.readValue(text, type);
        } catch (JacksonException e) {
            throw unreadable(source, e);
        }
    }

    private static String text(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new RedrlException("No such file: " + file);
        }
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + e, e);
        }
    }

    /** A record's own refusal comes through as its message; everything else as Jackson's first line and the place. */
    private static RedrlException unreadable(String source, JacksonException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof RedrlException own) {
                return new RedrlException(source + ": " + place(e) + own.getMessage(), e);
            }
        }
        String problem = e.getOriginalMessage().lines().findFirst().orElse("not readable");
        return new RedrlException(source + ": " + place(e) + problem, e);
    }

    private static String place(JacksonException e) {
        var at = e.getLocation();
        return at == null || at.getLineNr() < 1 ? "" : "line " + at.getLineNr() + ": ";
    }

    /** Reads 0.03, "0.03" and "8/255". */
    private static final class FractionDeserializer extends StdDeserializer<Double> {
        FractionDeserializer() {
            super(Double.class);
        }

        @Override
        public Double deserialize(JsonParser parser, DeserializationContext context) {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                return Fractions.parse(parser.getString());
            }
            if (parser.currentToken() != null && parser.currentToken().isNumeric()) {
                return parser.getDoubleValue();
            }
            throw new RedrlException("expected a number such as 0.03 or 8/255, got " + parser.getString());
        }
    }
}
