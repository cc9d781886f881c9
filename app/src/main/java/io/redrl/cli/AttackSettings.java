package io.redrl.cli;

import io.redrl.attack.AttackCatalog;
import io.redrl.attack.AttackSpec;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * The settings of all attacks as options: {@code step-size} of a spec is {@code --step-size}, and a flag such as
 * {@code random-start} also comes as {@code --no-random-start}. They are read from {@link AttackCatalog}, so a new
 * attack needs nothing here.
 */
final class AttackSettings {
    private AttackSettings() {}

    /** Gives a command one option per setting; the help tells which attacks have it and its default there. */
    static void addTo(CommandSpec command) {
        Map<String, Map<String, Object>> bySetting = new TreeMap<>();
        for (AttackSpec spec : AttackCatalog.all()) {
            settings(spec).forEach((key, value) -> bySetting
                    .computeIfAbsent(key, k -> new LinkedHashMap<>())
                    .put(spec.id(), value));
        }
        bySetting.forEach((key, defaults) -> {
            String text = defaults.entrySet().stream()
                    .map(entry -> entry.getKey() + " (" + shown(entry.getValue()) + ")")
                    .collect(Collectors.joining(", "));
            boolean flag = defaults.values().stream().allMatch(Boolean.class::isInstance);
            OptionSpec.Builder option = OptionSpec.builder("--" + key).description("For " + text + ".");
            if (flag) {
                option.type(boolean.class).arity("0").negatable(true).defaultValue(null);
            } else {
                option.type(String.class).arity("1").paramLabel("VALUE");
            }
            command.addOption(option.build());
        });
    }

    /**
     * The paper's settings of an attack with those that the command line names.
     *
     * @throws ParameterException if the attack has no such setting, or the value is out of range
     */
    static AttackSpec read(CommandLine line, String attack) {
        AttackSpec spec;
        try {
            spec = AttackCatalog.defaults(attack);
        } catch (RedrlException e) {
            throw new ParameterException(line, e.getMessage(), e);
        }
        Set<String> own = settings(spec).keySet();
        Map<String, Object> given = given(line);
        List<String> foreign = given.keySet().stream()
                .filter(key -> !own.contains(key))
                .map(key -> "--" + key)
                .toList();
        if (!foreign.isEmpty()) {
            throw new ParameterException(
                    line,
                    "%s is no setting of %s, which has %s"
                            .formatted(
                                    String.join(", ", foreign),
                                    attack,
                                    own.stream().map(key -> "--" + key).collect(Collectors.joining(", "))));
        }
        try {
            for (Map.Entry<String, Object> setting : given.entrySet()) {
                spec = spec.with(setting.getKey(), setting.getValue());
            }
            return spec;
        } catch (RedrlException e) {
            throw new ParameterException(line, e.getMessage(), e);
        }
    }

    /** The settings on the command line; numbers as numbers, fractions as the text they are. */
    private static Map<String, Object> given(CommandLine line) {
        Set<String> known = AttackCatalog.all().stream()
                .flatMap(spec -> settings(spec).keySet().stream())
                .collect(Collectors.toSet());
        Map<String, Object> given = new LinkedHashMap<>();
        for (OptionSpec option : line.getParseResult().matchedOptions()) {
            String key = option.longestName().substring("--".length());
            if (known.contains(key)) {
                given.put(key, plain(option.getValue()));
            }
        }
        return given;
    }

    private static Object plain(Object value) {
        return value instanceof String text && text.matches("-?\\d{1,18}") ? Long.valueOf(text) : value;
    }

    private static Map<String, Object> settings(AttackSpec spec) {
        Map<String, Object> settings = new LinkedHashMap<>();
        Map<?, ?> json = Json.parse(Json.line(spec), Map.class, spec.id());
        json.forEach((key, value) -> settings.put(String.valueOf(key), value));
        settings.remove("attack");
        return settings;
    }

    /** Pixel distances are easier to recognise as grey levels. */
    private static String shown(Object value) {
        if (value instanceof Double number && number > 0 && number < 1) {
            double levels = number * 255;
            if (Math.abs(levels - Math.rint(levels)) < 1e-9) {
                return Math.round(levels) + "/255";
            }
        }
        return String.valueOf(value);
    }
}
