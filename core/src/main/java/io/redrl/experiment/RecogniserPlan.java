package io.redrl.experiment;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.redrl.attack.AttackClass;
import io.redrl.attack.AttackSpec;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.Seed;
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
import tools.jackson.databind.JsonNode;

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

    /** The full settings of every recogniser: the variants as the file lists them, then their further seeds. */
    List<RecogniserSpec> specs(Seed seed) {
        RecogniserSpec base = preset.equals("paper") ? RecogniserSpec.paper() : RecogniserSpec.compact();
        // One seed for all: recognisers that share networks start from the same weights and see the same batches.
        base = base.withSeed(seed.child("recognisers").value());
        RecogniserSpec shared = Json.overlay(base, common, RecogniserSpec.class, "recognisers.common");
        List<RecogniserSpec> specs = new ArrayList<>();
        for (JsonNode variant : variants) {
            specs.add(Json.overlay(shared, variant, RecogniserSpec.class, "recognisers.variants"));
        }
        specs.addAll(repeated(specs));
        Set<String> names = new HashSet<>();
        for (RecogniserSpec spec : specs) {
            Checks.require(names.add(spec.name()), "recognisers.variants names %s twice", spec.name());
        }
        return specs;
    }

    /** The first seed is the variant itself, whose settings must not depend on whether it is repeated. */
    private List<RecogniserSpec> repeated(List<RecogniserSpec> specs) {
        List<RecogniserSpec> further = new ArrayList<>();
        if (repeats == null) {
            return further;
        }
        repeats.forEach((name, count) -> {
            RecogniserSpec first = specs.stream()
                    .filter(spec -> spec.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new io.redrl.base.RedrlException(String.format(
                            "recognisers.repeats names %s, which is none of the variants %s",
                            name, specs.stream().map(RecogniserSpec::name).toList())));
            for (int k = 2; k <= count; k++) {
                String label = "seed" + k;
                further.add(first.withInput(name + "." + label, first.input())
                        .withSeed(first.seedValue().child(label).value()));
            }
        });
        return further;
    }
}
