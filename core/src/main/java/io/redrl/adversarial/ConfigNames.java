package io.redrl.adversarial;

import io.redrl.base.Fractions;
import io.redrl.base.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Short names for configurations: only what tells those of one attack apart, such as {@code epsilon 4/255}. */
public final class ConfigNames {
    private ConfigNames() {}

    /**
     * A name for each configuration.
     *
     * @param configs attacks' settings, each as one line of JSON with the attack's name
     * @return the names by configuration, in the same order; empty text where an attack has one configuration only
     */
    public static Map<String, String> of(List<String> configs) {
        Map<String, String> names = new LinkedHashMap<>();
        Map<String, List<JsonNode>> byAttack = configs.stream()
                .map(ConfigNames::settings)
                .collect(Collectors.groupingBy(settings -> text(settings.path("attack"))));
        for (String config : configs) {
            JsonNode own = settings(config);
            List<JsonNode> all = byAttack.getOrDefault(text(own.path("attack")), List.of(own));
            List<String> parts = new ArrayList<>();
            for (String key : keys(all)) {
                if (all.stream().map(each -> each.path(key)).distinct().count() > 1) {
                    parts.add(key + " " + text(own.path(key)));
                }
            }
            names.put(config, String.join(", ", parts));
        }
        return names;
    }

    private static JsonNode settings(String config) {
        return Json.parse(config, JsonNode.class, "settings of an attack");
    }

    private static Set<String> keys(List<JsonNode> all) {
        Set<String> keys = new LinkedHashSet<>();
        all.forEach(each -> keys.addAll(each.propertyNames()));
        return keys;
    }

    private static String text(JsonNode value) {
        return value.isNumber() ? Fractions.text(value.asDouble()) : value.asString("");
    }
}
