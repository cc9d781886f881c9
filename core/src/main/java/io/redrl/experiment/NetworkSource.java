package io.redrl.experiment;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.redrl.base.Json;
import io.redrl.image.ImageShape;
import io.redrl.model.ScriptSettings;
import io.redrl.training.VictimSpec;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Source of a network of an experiment: trained by it, or a file of the user's. */
@JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
@JsonSubTypes({@JsonSubTypes.Type(NetworkSource.Trained.class), @JsonSubTypes.Type(NetworkSource.FromFile.class)})
public sealed interface NetworkSource {
    /** Epochs of the one-cycle recipe unless the file names another number. */
    int EPOCHS = 10;

    /** The network's name in folders and tables. */
    String name();

    /**
     * A network that the experiment trains.
     *
     * @param name its name in folders and tables
     * @param train how: {@code model}, {@code recipe}, and what differs from the recipe
     */
    record Trained(String name, JsonNode train) implements NetworkSource {
        /** The full settings: those of the recipe, except where {@code train} says otherwise. */
        VictimSpec spec() {
            String model = train.path("model").asString("");
            boolean paper = train.path("recipe").asString("").equals("paper");
            VictimSpec defaults = paper ? VictimSpec.paper(model) : VictimSpec.oneCycle(model, EPOCHS);
            return Json.overlay(defaults, train, VictimSpec.class, "training of " + name);
        }
    }

    /**
     * A network from a file.
     *
     * @param name its name in folders and tables
     * @param file a TorchScript file, a folder with weights and card, or (for features) a safetensors file
     * @param inputSize of the images that a TorchScript victim takes, such as 224 or 224x320; a folder's images are scaled to it.
     *     Without it the size of the images. May be left out of the file
     * @param mean of a TorchScript victim that does not normalise itself, such as [0.485, 0.456, 0.406]. May be left out of the file
     * @param std the same, such as [0.229, 0.224, 0.225]. May be left out of the file
     * @param output which of several outputs of a TorchScript victim the logits are: a number from 0, or a key. The first that can be
     *     logits if left out of the file
     */
    record FromFile(
            String name,
            String file,

            @JacksonInject(value = Json.OR_ABSENT, useInput = OptBoolean.TRUE)
            @JsonInclude(JsonInclude.Include.NON_ABSENT)
            Optional<String> inputSize,

            @JacksonInject(value = Json.OR_ABSENT + " 2", useInput = OptBoolean.TRUE)
            @JsonInclude(JsonInclude.Include.NON_ABSENT)
            Optional<List<Double>> mean,

            @JacksonInject(value = Json.OR_ABSENT + " 3", useInput = OptBoolean.TRUE)
            @JsonInclude(JsonInclude.Include.NON_ABSENT)
            Optional<List<Double>> std,

            @JacksonInject(value = Json.OR_ABSENT + " 4", useInput = OptBoolean.TRUE)
            @JsonInclude(JsonInclude.Include.NON_ABSENT)
            Optional<String> output)
            implements NetworkSource {
        /** Refuses what is no size, mean or deviation. */
        public FromFile {
            settings(inputSize, mean, std, output);
        }

        /** The size, if it is said. */
        Optional<ImageShape> input() {
            return inputSize.map(text -> ScriptSettings.size("input-size", text));
        }

        /** What is said of the network. */
        ScriptSettings settings() {
            return settings(inputSize, mean, std, output);
        }

        private static ScriptSettings settings(
                Optional<String> size,
                Optional<List<Double>> mean,
                Optional<List<Double>> std,
                Optional<String> output) {
            return new ScriptSettings(
                    size.map(text -> ScriptSettings.size("input-size", text)),
                    mean.orElse(List.of()),
                    std.orElse(List.of()),
                    output,
                    List.of());
        }
    }
}
