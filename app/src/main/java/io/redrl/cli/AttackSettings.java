package io.redrl.cli;

import io.redrl.attack.AttackCatalog;
import io.redrl.attack.AttackSpec;
import io.redrl.base.Fractions;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import tools.jackson.databind.JsonNode;

/**
 * The settings of all attacks as options: {@code step-size} of a spec is {@code --step-size}, and a flag such as
 * {@code random-start} also comes as {@code --no-random-start}. They are read from {@link AttackCatalog}, so a new
 * attack needs nothing here. Several values, separated by commas, make a configuration each.
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
     * The default settings of attacks with those that the command line names, each for the attacks that have it.
     *
     * @param attacks their ids
     * @return for each attack one for each combination of the values given; of the first option's values the first one comes first
     * @throws ParameterException if no attack has such a setting, or a value is out of range or given twice
     */
    static List<AttackSpec> read(CommandLine line, List<String> attacks) {
        List<AttackSpec> defaults = WrongUsage.unless(line, () -> attacks.stream()
                .map(String::strip)
                .map(AttackCatalog::defaults)
                .toList());
        Set<String> own = new LinkedHashSet<>();
        defaults.forEach(spec -> own.addAll(settings(spec).keySet()));
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
                                    String.join(" and ", attacks),
                                    own.stream().map(key -> "--" + key).collect(Collectors.joining(", "))));
        }
        List<AttackSpec> grid = WrongUsage.unless(line, () -> defaults.stream()
                .flatMap(spec -> grid(spec, given).stream())
                .toList());
        grid.stream()
                .filter(each -> Collections.frequency(grid, each) > 1)
                .findFirst()
                .ifPresent(twice -> {
                    throw new ParameterException(line, "the values given name one configuration twice: " + twice);
                });
        return grid;
    }

    /** Every combination. All settings of one are read at once, for which values are in range depends on the others. */
    private static List<AttackSpec> grid(AttackSpec defaults, Map<String, Object> given) {
        List<Map<String, Object>> grid = new ArrayList<>(List.of(Map.of("attack", defaults.id())));
        Set<String> own = settings(defaults).keySet();
        given.forEach((key, value) -> {
            if (!own.contains(key)) {
                return;
            }
            List<Map<String, Object>> longer = new ArrayList<>();
            for (Map<String, Object> settings : grid) {
                for (Object each : values(defaults, key, value)) {
                    Map<String, Object> more = new LinkedHashMap<>(settings);
                    more.put(key, plain(each));
                    longer.add(more);
                }
            }
            grid.clear();
            grid.addAll(longer);
        });
        return grid.stream()
                .map(settings -> AttackSpec.of(Json.parse(Json.line(settings), JsonNode.class, defaults.id())))
                .toList();
    }

    /** The values in a list with commas. A place such as {@code 0,24} has one too, and is one value. */
    private static List<Object> values(AttackSpec defaults, String key, Object value) {
        if (!(value instanceof String text) || text.indexOf(',') < 0) {
            return List.of(value);
        }
        if (!(settings(defaults).get(key) instanceof Number)) {
            try {
                defaults.with(key, text);
                return List.of(text);
            } catch (RedrlException e) {
                // Several values, then; what is wrong with one of them will be said of that one.
            }
        }
        return List.of((Object[]) text.split(",", -1));
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
                given.put(key, option.getValue());
            }
        }
        return given;
    }

    private static Object plain(Object value) {
        String text = value instanceof String given ? given.strip() : "";
        return text.matches("-?\\d{1,18}") ? (Object) Long.valueOf(text) : value instanceof String ? text : value;
    }

    /** The settings of a spec, without its name. */
    static Map<String, Object> settings(AttackSpec spec) {
        Map<String, Object> settings = new LinkedHashMap<>();
        Map<?, ?> json = Json.parse(Json.line(spec), Map.class, spec.id());
        json.forEach((key, value) -> settings.put(String.valueOf(key), value));
        settings.remove("attack");
        return settings;
    }

    /** Pixel distances are easier to recognise as grey levels. */
    static String shown(Object value) {
        return value instanceof Number number ? Fractions.text(number.doubleValue()) : String.valueOf(value);
    }
}
