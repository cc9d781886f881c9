package io.redrl.experiment;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.redrl.attack.AttackClass;
import io.redrl.attack.AttackSpec;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.evaluation.RecogniserKind;
import io.redrl.recognition.RecogniserSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The recognisers that are trained side by side on the same sets.
 *
 * @param preset {@code paper} or {@code compact}: where settings come from that the file does not name
 * @param common settings that all of them share, over the preset
 * @param variants one entry per recogniser: its name, and what differs from the common settings
 * @param repeats how many seeds a variant is trained from, by its name; 1 for those not named. The further ones are called
 *     {@code NAME.seed2} and so on. May be left out of the file
 * @param outliers attacks, none of the recognised ones, whose images {@linkplain io.redrl.recognition.Exposure exposure} shows as
 *     outliers beside made-up ones. May be left out of the file
 */
public record RecogniserPlan(
        String preset,
        JsonNode common,
        List<JsonNode> variants,

        @JacksonInject(value = Json.OR_EMPTY_MAP, useInput = OptBoolean.TRUE)
        Map<String, Integer> repeats,

        @JacksonInject(value = Json.OR_ABSENT, useInput = OptBoolean.TRUE) @JsonInclude(JsonInclude.Include.NON_ABSENT)
        Optional<List<AttackSpec>> outliers) {
    private static final int MOST_REPEATS = 20;

    /** Copies the list; requires at least one recogniser. */
    public RecogniserPlan {
        variants = List.copyOf(variants);
        repeats = Collections.unmodifiableMap(new LinkedHashMap<>(repeats));
        Checks.require(!variants.isEmpty(), "recognisers.variants must name at least one recogniser");
        Checks.require(
                preset.equals("paper") || preset.equals("compact"),
                "recognisers.preset must be paper or compact, got %s",
                preset);
        outliers = outliers.map(List::copyOf);
        outliers.ifPresent(attacks -> {
            Checks.require(!attacks.isEmpty(), "recognisers.outliers must name at least one attack, or be left out");
            for (AttackSpec attack : attacks) {
                Checks.require(
                        !RobustnessPlan.harmless(attack)
                                && Arrays.stream(AttackClass.values())
                                        .noneMatch(known -> known.id().equals(attack.id())),
                        "recognisers.outliers must be of attacks that are not recognised, got %s",
                        attack.id());
            }
        });
        repeats.forEach((name, count) -> Checks.inRange("recognisers.repeats of " + name, count, 1, MOST_REPEATS));
    }

    /** Every recogniser: the variants as the file lists them, then their further seeds. */
    List<Variant> variants(Seed seed) {
        RecogniserSpec base = preset.equals("paper") ? RecogniserSpec.paper() : RecogniserSpec.compact();
        // One seed for all: recognisers that share networks start from the same weights and see the same batches.
        base = base.withSeed(seed.child("recognisers").value());
        RecogniserSpec shared = Json.overlay(base, common, RecogniserSpec.class, "recognisers.common");
        List<Variant> read =
                variants.stream().map(node -> variant(node, shared)).toList();
        List<Variant> all = new ArrayList<>();
        read.forEach(variant -> all.add(variant.among(read)));
        repeats.forEach((name, count) -> {
            Variant first = all.stream()
                    .filter(variant -> variant.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new RedrlException(String.format(
                            "recognisers.repeats names %s, which is none of the variants %s",
                            name, read.stream().map(Variant::name).toList())));
            // The first seed is the variant itself, whose settings must not depend on whether it is repeated.
            IntStream.rangeClosed(2, count).forEach(k -> all.add(first.repeated(k)));
        });
        Set<String> names = new HashSet<>();
        for (Variant variant : all) {
            Checks.require(names.add(variant.name()), "recognisers.variants names %s twice", variant.name());
        }
        return all;
    }

    /** An entry of {@code variants}: what differs from the shared settings, and beside it {@code kind}, {@code of} and {@code title}. */
    private static Variant variant(JsonNode entry, RecogniserSpec shared) {
        Checks.require(entry instanceof ObjectNode, "recognisers.variants lists settings by name, got %s", entry);
        ObjectNode own = ((ObjectNode) entry).deepCopy();
        JsonNode kind = own.remove("kind");
        JsonNode of = own.remove("of");
        JsonNode title = own.remove("title");
        RecogniserSpec settings = Json.overlay(shared, own, RecogniserSpec.class, "recognisers.variants");
        return new Variant(
                settings,
                kind == null
                        ? Variant.kindOf(settings)
                        : Json.parse(kind.toString(), RecogniserKind.class, "kind of " + settings.name()),
                of == null ? "" : of.asString(),
                1,
                title == null ? "" : title.asString());
    }
}
