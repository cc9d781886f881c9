package io.redrl.testing;

import io.redrl.base.Checksums;
import io.redrl.base.Json;
import io.redrl.base.Seed;
import io.redrl.image.ImageShape;
import io.redrl.model.ModelCard;
import io.redrl.model.Network;
import io.redrl.model.NetworkClassifier;
import io.redrl.model.VictimCatalog;
import io.redrl.model.Weights;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.databind.JsonNode;

/** Untrained networks of which a test knows everything. */
public final class TestVictims {
    /** As the classifiers here normalise: exact in float32, so that double agrees with it. */
    private static final List<Double> MEAN = List.of(0.5, 0.375, 0.25);

    private static final List<Double> STD = List.of(0.25, 0.5, 0.125);

    private TestVictims() {}

    /** A network whose batch norms have seen images, in evaluation mode and unfolded. */
    public static Network network(String architecture, int classes, int side, ScalarType type) {
        Network network = VictimCatalog.named(architecture).network(classes, new Seed(3));
        Scopes.valuedNoGrad(() -> {
            for (int i = 0; i < 3; i++) {
                network.forward(Tensors.normal(new Seed(i), 8, 3, side, side));
            }
            return network;
        });
        network.eval();
        network.to(type, false);
        return network;
    }

    /** The same network as a victim: folded, normalising. */
    public static NetworkClassifier victim(String architecture, int classes, int side, ScalarType type) {
        ModelCard card = card(architecture, classes, side, "checksum of " + architecture);
        return new NetworkClassifier(
                architecture, network(architecture, classes, side, type), card, card.weightsChecksum());
    }

    /** The card of a model that was never trained. */
    public static ModelCard card(String architecture, int classes, int side, String checksum) {
        return new ModelCard(
                architecture,
                "made/train",
                "0",
                IntStream.range(0, classes).mapToObj(i -> "class " + i).toList(),
                ImageShape.square(side),
                MEAN,
                STD,
                Json.parse("{}", JsonNode.class, "test"),
                1,
                "made/test",
                1,
                0.5,
                1,
                1,
                1,
                checksum,
                Map.of());
    }

    /** Writes a model folder with the card of {@link #card} and freshly drawn weights; returns it. */
    public static Path write(Path folder, String architecture, int classes, int side, long seed) {
        Path weights = folder.resolve(ModelCard.WEIGHTS);
        try (Network network = VictimCatalog.named(architecture).network(classes, new Seed(seed))) {
            Weights.save(network, weights);
        }
        Json.write(folder.resolve(ModelCard.FILE), card(architecture, classes, side, Checksums.of(weights)));
        return folder;
    }

    /** Pixels as {@link #victim} hands them to its network. */
    public static Tensor normalised(Tensor pixels) {
        Tensor mean = Tensors.floats(new float[] {0.5f, 0.375f, 0.25f}, 1, 3, 1, 1);
        Tensor std = Tensors.floats(new float[] {0.25f, 0.5f, 0.125f}, 1, 3, 1, 1);
        return pixels.sub(mean).div(std);
    }
}
