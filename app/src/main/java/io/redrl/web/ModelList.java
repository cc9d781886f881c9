package io.redrl.web;

import io.redrl.attribution.Algorithm;
import io.redrl.attribution.Family;
import io.redrl.base.Json;
import io.redrl.evaluation.ClassNames;
import io.redrl.identify.Identifier;
import io.redrl.identify.IdentifyModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The models behind the service, and what a client needs to know to ask and to understand.
 *
 * @param recogniser the name of the one that judges
 * @param notes what to know of every verdict
 * @param takesPrior whether it can be told which share of images is expected to be attacked
 * @param tellsSaliency whether filters and pixels can be asked for
 * @param suspects how many victims are suspected
 * @param labels of classes and families for people, by id
 * @param families of algorithms, by id
 * @param limits of a request
 * @param card of the one that judges, as it lies beside its weights
 */
record ModelList(
        String recogniser,
        List<String> notes,
        boolean takesPrior,
        boolean tellsSaliency,
        int suspects,
        Map<String, String> labels,
        Map<String, String> families,
        Limits limits,
        JsonNode card) {
    /** What a client should keep to. */
    record Limits(int bytes, long pixels, int images) {}

    static ModelList of(Identifier identifier, IdentifyModels models, ServeLimits limits) {
        Map<String, String> labels = new LinkedHashMap<>();
        Map<String, String> families = new LinkedHashMap<>();
        if (identifier.takesPrior()) {
            Stream.of(Family.values()).forEach(family -> labels.put(family.id(), family.label()));
            Stream.of(Algorithm.values()).forEach(algorithm -> {
                labels.put(algorithm.id(), algorithm.label());
                families.put(algorithm.id(), algorithm.family().id());
            });
        }
        ClassNames.ids().forEach(id -> labels.putIfAbsent(id, ClassNames.label(id)));
        List<String> notes = new ArrayList<>(identifier.remarks());
        return new ModelList(
                identifier.judge(),
                notes,
                identifier.takesPrior(),
                identifier.tellsSaliency(),
                models.suspects().size(),
                labels,
                families,
                new Limits(limits.bytes(), limits.pixels(), limits.images()),
                card(models.judge()));
    }

    private static JsonNode card(Path judge) {
        return Stream.of("attribution.json", "recogniser.json")
                .map(judge::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .map(file -> Json.read(file, JsonNode.class))
                .orElseGet(() -> Json.parse("{}", JsonNode.class, "no card"));
    }
}
