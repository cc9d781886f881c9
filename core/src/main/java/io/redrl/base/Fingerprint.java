package io.redrl.base;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * Hash of everything that a result was made from, and the text that it is taken over. Kept beside a result, it tells whether what
 * is there is what is asked for, can be gone on with, or was made from something else.
 *
 * @param text settings and inputs as JSON
 */
public record Fingerprint(String text) {
    private static final int LONGEST_VALUE = 60;

    /** The fingerprint of a record, list or map of settings, and of the checksums of what it is applied to. */
    public static Fingerprint of(Object madeOf) {
        return new Fingerprint(Json.line(madeOf));
    }

    /** SHA-256 of the text. */
    public String sha256() {
        return Checksums.of(text);
    }

    /**
     * Refuses a result that was made from something else, and says what is different.
     *
     * @param there the fingerprint of what is there
     * @param place a file or folder, for the message
     */
    public void requireSame(Fingerprint there, Object place) {
        List<String> differences = differences(there);
        Checks.require(
                differences.isEmpty(),
                "%s was made from something else; different: %s. Name another folder, or delete this one to start afresh.",
                place,
                String.join(", ", differences));
    }

    /** Dotted names of the parts that are not the same; short values come with them. */
    List<String> differences(Fingerprint there) {
        List<String> names = new ArrayList<>();
        collect("", tree(), there.tree(), names);
        return names;
    }

    private JsonNode tree() {
        return Json.parse(text, JsonNode.class, "fingerprint");
    }

    private static void collect(String name, JsonNode here, JsonNode there, List<String> names) {
        if (here.equals(there)) {
            return;
        }
        if (here.isObject() && there.isObject()) {
            Set<String> keys = new TreeSet<>(here.propertyNames());
            keys.addAll(there.propertyNames());
            keys.forEach(
                    key -> collect(name.isEmpty() ? key : name + "." + key, here.path(key), there.path(key), names));
        } else if (here.isArray() && there.isArray() && here.size() == there.size()) {
            for (int i = 0; i < here.size(); i++) {
                collect(name + "[" + i + "]", here.get(i), there.get(i), names);
            }
        } else {
            String values = value(there) + ", asked for " + value(here);
            names.add(values.length() <= LONGEST_VALUE ? name + " (" + values + ")" : name);
        }
    }

    private static String value(JsonNode node) {
        return node.isMissingNode() ? "nothing" : node.isString() ? node.asString() : node.toString();
    }
}
