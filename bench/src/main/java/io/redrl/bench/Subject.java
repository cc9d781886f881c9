package io.redrl.bench;

import io.redrl.base.Json;
import io.redrl.base.Seed;
import io.redrl.data.Cifar10;
import io.redrl.data.ImageDataset;
import io.redrl.model.Classifier;
import io.redrl.model.ModelCard;
import io.redrl.model.Network;
import io.redrl.model.NetworkClassifier;
import io.redrl.model.VictimCatalog;
import io.redrl.model.Victims;
import io.redrl.model.Weights;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.JsonNode;

/**
 * Network twice, with the same weights: as the project's victim and as the plain loops have it. Closing it frees both.
 *
 * @param name of model folder or architecture
 * @param trained whether the weights are trained; otherwise success and norms mean little
 * @param ours the victim
 * @param plain the same network, untouched
 */
record Subject(String name, boolean trained, Classifier ours, PlainNetwork plain) implements AutoCloseable {
    private static final List<Double> MEAN = List.of(0.4914, 0.4822, 0.4465);
    private static final List<Double> STD = List.of(0.2470, 0.2435, 0.2616);
    private static final int CALIBRATION_PASSES = 12;
    private static final int CALIBRATION_IMAGES = 16;

    /** A model folder, or a TorchScript file for images of CIFAR-10's size. */
    static Subject load(Path path) {
        if (Files.isRegularFile(path)) {
            Classifier script = Victims.load(path, Cifar10.SHAPE);
            return new Subject(script.id(), true, script, PlainNetwork.of(path));
        }
        NetworkClassifier ours = NetworkClassifier.open(path);
        ModelCard card = ours.card();
        VictimCatalog.Architecture architecture = VictimCatalog.named(card.architecture());
        Network network = architecture.network(card.classes(), new Seed(0));
        Weights.load(network, path.resolve(ModelCard.WEIGHTS));
        return new Subject(ours.id(), true, ours, PlainNetwork.of(network, card));
    }

    /** An architecture with random weights, whose batch norm has seen a few images so that logits depend on the image. */
    static Subject random(String name, Seed seed, ImageDataset images) {
        VictimCatalog.Architecture architecture = VictimCatalog.named(name);
        Network network = architecture.network(10, seed);
        calibrate(network, images);
        Network copy = architecture.network(10, seed);
        Scopes.run(() -> Weights.load(copy, Weights.state(network), name));
        ModelCard card = card(architecture, seed);
        return new Subject(
                name, false, new NetworkClassifier(name, copy, card, "random weights"), PlainNetwork.of(network, card));
    }

    private static void calibrate(Network network, ImageDataset images) {
        network.train(true);
        for (int pass = 0; pass < CALIBRATION_PASSES; pass++) {
            int from = pass * CALIBRATION_IMAGES;
            Scopes.valuedNoGrad(() -> {
                Tensor pixels = Tensors.pixels(images.images(
                        IntStream.range(from, from + CALIBRATION_IMAGES).toArray()));
                // Near enough to the normalisation of every channel.
                network.forward(pixels.sub(new Scalar(0.473)).div(new Scalar(0.251)));
                return network;
            });
        }
        network.eval();
    }

    private static ModelCard card(VictimCatalog.Architecture architecture, Seed seed) {
        return new ModelCard(
                architecture.name(),
                "none",
                "none",
                Cifar10.CLASS_NAMES,
                Cifar10.SHAPE,
                MEAN,
                STD,
                Json.parse("{}", JsonNode.class, "card"),
                seed.value(),
                "none",
                0,
                0,
                0,
                0,
                architecture.parameters(),
                "random weights",
                Map.of());
    }

    @Override
    public void close() {
        ours.close();
        plain.close();
    }
}
