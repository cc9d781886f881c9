package io.redrl.experiment;

import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.Seed;
import io.redrl.recognition.RecogniserSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The recognisers that are trained side by side on the same sets.
 *
 * @param preset {@code paper} or {@code compact}: where settings come from that the file does not name
 * @param common settings that all of them share, over the preset
 * @param variants one entry per recogniser: its name, and what differs from the common settings
 */
public record RecogniserPlan(String preset, JsonNode common, List<JsonNode> variants) {
    /** Copies the list; requires at least one recogniser. */
    public RecogniserPlan {
        variants = List.copyOf(variants);
        Checks.require(!variants.isEmpty(), "recognisers.variants must name at least one recogniser");
        Checks.require(
                preset.equals("paper") || preset.equals("compact"),
                "recognisers.preset must be paper or compact, got %s",
                preset);
    }

    /** The full settings of every recogniser. */
    List<RecogniserSpec> specs(Seed seed) {
        RecogniserSpec base = preset.equals("paper") ? RecogniserSpec.paper() : RecogniserSpec.compact();
        // One seed for all: recognisers that share networks start from the same weights and see the same batches.
        base = base.withSeed(seed.child("recognisers").value());
        RecogniserSpec shared = Json.overlay(base, common, RecogniserSpec.class, "recognisers.common");
        List<RecogniserSpec> specs = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonNode variant : variants) {
            RecogniserSpec spec = Json.overlay(shared, variant, RecogniserSpec.class, "recognisers.variants");
            Checks.require(names.add(spec.name()), "recognisers.variants names %s twice", spec.name());
            specs.add(spec);
        }
        return specs;
    }
}
