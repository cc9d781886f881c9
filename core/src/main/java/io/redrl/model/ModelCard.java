package io.redrl.model;

import io.redrl.base.Checks;
import io.redrl.image.ImageShape;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What a victim is and where it came from: {@code model.json} beside {@code model.safetensors}.
 *
 * @param architecture a name in {@link VictimCatalog}
 * @param dataset the training set, such as {@code cifar10/train}
 * @param datasetChecksum SHA-256 of the training set's content
 * @param classNames the classes, in the order of the logits
 * @param input the size of image that it was trained on
 * @param mean per channel, subtracted from pixels in [0, 1]
 * @param std per channel, divided by after that
 * @param spec how it was trained, complete
 * @param seed where initial weights, order and augmentation came from
 * @param testDataset the test set, such as {@code cifar10/test}
 * @param testImages how many images the accuracy was measured on
 * @param testAccuracy the part of them that it classifies right, in [0, 1]
 * @param epochs how often it saw the training set
 * @param minutes of training on the machine it was trained on
 * @param parameters learnable values
 * @param weightsChecksum SHA-256 of the weights file
 * @param versions of Java, LibTorch's binding and the platform
 */
public record ModelCard(
        String architecture,
        String dataset,
        String datasetChecksum,
        List<String> classNames,
        ImageShape input,
        List<Double> mean,
        List<Double> std,
        JsonNode spec,
        long seed,
        String testDataset,
        int testImages,
        double testAccuracy,
        int epochs,
        double minutes,
        long parameters,
        String weightsChecksum,
        Map<String, String> versions) {
    /** The card's name in a model folder. */
    public static final String FILE = "model.json";

    /** The weights' name in a model folder. */
    public static final String WEIGHTS = "model.safetensors";

    private static final int MOST_CLASSES = 1 << 15;
    private static final int LARGEST_SIDE = 4096;

    /** Checks and copies. */
    public ModelCard {
        classNames = List.copyOf(classNames);
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        versions = Map.copyOf(versions);
        Checks.inRange("number of class-names", classNames.size(), 1, MOST_CLASSES);
        Checks.inRange("input channels", input.channels(), 3, 3);
        Checks.inRange("input height", input.height(), 1, LARGEST_SIDE);
        Checks.inRange("input width", input.width(), 1, LARGEST_SIDE);
        Checks.require(
                mean.size() == input.channels() && std.size() == input.channels(),
                "mean and std must have %d values, got %s and %s",
                input.channels(),
                mean,
                std);
        mean.forEach(m -> Checks.inRange("mean", m, -1e6, 1e6));
        std.forEach(s -> Checks.positive("std", s));
        Checks.inRange("test-accuracy", testAccuracy, 0, 1);
    }

    /** The number of classes K. */
    public int classes() {
        return classNames.size();
    }

    /** The same victim for images of another size, which a network that pools over the whole image takes. */
    ModelCard withInput(ImageShape other) {
        return new ModelCard(
                architecture,
                dataset,
                datasetChecksum,
                classNames,
                other,
                mean,
                std,
                spec,
                seed,
                testDataset,
                testImages,
                testAccuracy,
                epochs,
                minutes,
                parameters,
                weightsChecksum,
                versions);
    }
}
