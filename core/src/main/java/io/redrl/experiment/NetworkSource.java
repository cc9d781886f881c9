package io.redrl.experiment;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.redrl.base.Json;
import io.redrl.training.VictimSpec;
import tools.jackson.databind.JsonNode;

/** Where a network of an experiment comes from: trained by it, or a file of the user's. */
@JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
@JsonSubTypes({@JsonSubTypes.Type(NetworkSource.Trained.class), @JsonSubTypes.Type(NetworkSource.FromFile.class)})
public sealed interface NetworkSource {
    /** The network's name in folders and tables. */
    String name();

    /**
     * A network that the experiment trains.
     *
     * @param name its name in folders and tables
     * @param train settings of {@link VictimSpec}: {@code model}, {@code recipe}, and what differs from the recipe
     */
    record Trained(String name, JsonNode train) implements NetworkSource {
        /** The full settings, drawn from the experiment's seed unless they name one. */
        VictimSpec spec(long seed) {
            String model = train.path("model").asString("");
            String recipe = train.path("recipe").asString("one-cycle");
            VictimSpec defaults = VictimSpec.of(model, recipe).withSeed(seed);
            return Json.overlay(defaults, train, VictimSpec.class, "training of " + name);
        }
    }

    /**
     * A network from a file.
     *
     * @param name its name in folders and tables
     * @param file a TorchScript file, a folder with weights and card, or (for features) a safetensors file
     */
    record FromFile(String name, String file) implements NetworkSource {}
}
