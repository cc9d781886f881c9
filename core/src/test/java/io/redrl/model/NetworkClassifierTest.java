package io.redrl.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.Checksums;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.image.ImageShape;
import io.redrl.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class NetworkClassifierTest {
    private static final List<Double> MEAN = List.of(0.4, 0.5, 0.6);
    private static final List<Double> STD = List.of(0.2, 0.25, 0.5);

    @TempDir
    Path folder;

    private Path model;

    static ModelCard card(String architecture, int classes, int side, String checksum) {
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

    /** A network whose batch norms have seen images, so that folding has something to fold. */
    static Network warmed(String architecture, int classes, int side) {
        Network network = VictimCatalog.named(architecture).network(classes, new Seed(3));
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            for (int i = 0; i < 3; i++) {
                network.forward(Tensors.normal(new Seed(i), 8, 3, side, side));
            }
        }
        network.eval();
        return network;
    }

    @BeforeEach
    void makeModel() {
        model = folder.resolve("small");
        Path weights = model.resolve(ModelCard.WEIGHTS);
        try (Network network = warmed("vgg8", 5, 16)) {
            Weights.save(network, weights);
        }
        Json.write(model.resolve(ModelCard.FILE), card("vgg8", 5, 16, Checksums.of(weights)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vgg8", "resnet20", "resnext20", "densenet32"})
    void normalisesInsideAndFoldsWithoutChangingTheAnswer(String architecture) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Network network = warmed(architecture, 5, 32);
            Tensor x = Tensors.uniform(new Seed(9), 3, 3, 32, 32);
            Tensor mean = Tensors.floats(new float[] {0.4f, 0.5f, 0.6f}, 1, 3, 1, 1);
            Tensor std = Tensors.floats(new float[] {0.2f, 0.25f, 0.5f}, 1, 3, 1, 1);
            float[] expected = Tensors.toFloats(network.forward(x.sub(mean).div(std)));
            try (Classifier victim = new NetworkClassifier("v", network, card(architecture, 5, 32, "0"), "0")) {
                float[] logits = Tensors.toFloats(victim.logits(x));
                double scale = IntStream.range(0, expected.length)
                        .mapToDouble(i -> Math.abs(expected[i]))
                        .max()
                        .orElseThrow();
                assertThat(scale).isPositive();
                for (int i = 0; i < logits.length; i++) {
                    assertThat(logits[i]).isCloseTo(expected[i], within((float) (1e-5 * scale)));
                }
                assertThat(Tensors.toFloats(victim.logits(x))).isEqualTo(logits);
            }
        }
    }

    @Test
    void letsGradientsReachTheInputAndNoParameter() {
        try (PointerScope scope = new PointerScope()) {
            Network network = warmed("resnet20", 5, 32);
            try (Classifier victim = new NetworkClassifier("v", network, card("resnet20", 5, 32, "0"), "0")) {
                Tensor x = Tensors.uniform(new Seed(9), 2, 3, 32, 32).requires_grad_(true);
                Tensor gradient = Tensors.gradient(victim.logits(x).sum(), x);
                assertThat(Tensors.shape(gradient)).containsExactly(2, 3, 32, 32);
                assertThat(gradient.abs().max().item_double()).isPositive();
                assertThat(Weights.parameters(network).values()).noneMatch(Tensor::requires_grad);
                assertThat(network.is_training()).isFalse();
            }
        }
    }

    @Test
    void answersForAnImageDoNotDependOnItsBatch() {
        try (PointerScope scope = new PointerScope();
                Classifier victim = Victims.load("small", folder)) {
            Tensor x = Tensors.uniform(new Seed(9), 4, 3, 16, 16);
            float[] all = Tensors.toFloats(victim.logits(x));
            float[] first = Tensors.toFloats(victim.logits(x.narrow(0, 0, 1)));
            for (int k = 0; k < 5; k++) {
                assertThat(first[k]).isCloseTo(all[k], within(1e-5f));
            }
        }
    }

    @Test
    void opensAModelFolderByPathOrName() {
        try (Classifier byPath = Victims.load(model.toString(), Path.of("nowhere"));
                Classifier byName = Victims.load("small", folder)) {
            assertThat(byPath.id()).isEqualTo("small").isEqualTo(byName.id());
            assertThat(byName.classes()).isEqualTo(5);
            assertThat(byName.input()).isEqualTo(ImageShape.square(16));
            assertThat(byName.checksum()).isEqualTo(Checksums.of(model.resolve(ModelCard.WEIGHTS)));
        }
        assertThatThrownBy(() -> Victims.load("large", folder))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("No victim 'large'");
        assertThatThrownBy(() -> Victims.load(folder))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("is not a model folder");
    }

    @Test
    void refusesWeightsThatAreNotTheCards() throws IOException {
        Path weights = model.resolve(ModelCard.WEIGHTS);
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 1] ^= 1;
        Files.write(weights, bytes);
        assertThatThrownBy(() -> Victims.load("small", folder))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("SHA-256 differs");
        Json.write(model.resolve(ModelCard.FILE), card("vgg8", 6, 16, Checksums.of(weights)));
        assertThatThrownBy(() -> Victims.load("small", folder))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("classifier.weight has shape [5, 96] instead of [6, 96]");
    }

    @Test
    void refusesImagesOfAnotherSizeAndDataWithOtherClasses() {
        try (PointerScope scope = new PointerScope();
                Classifier victim = Victims.load("small", folder)) {
            assertThatThrownBy(() -> victim.logits(Tensors.uniform(new Seed(1), 2, 3, 32, 32)))
                    .isInstanceOf(RedrlException.class)
                    .hasMessageContaining("takes images of 3×16×16")
                    .hasMessageContaining(Arrays.toString(new int[] {2, 3, 32, 32}));
            assertThatThrownBy(() -> Victims.requireFits(victim, new BlankImages(7, 16)))
                    .isInstanceOf(RedrlException.class)
                    .hasMessageContaining("knows 5 classes")
                    .hasMessageContaining("has 7");
            assertThatThrownBy(() -> Victims.requireFits(victim, new BlankImages(5, 32)))
                    .isInstanceOf(RedrlException.class)
                    .hasMessageContaining("takes images of 3×16×16");
            Victims.requireFits(victim, new BlankImages(5, 16));
        }
    }

    /** One black image. */
    private record BlankImages(int classes, int side) implements ImageDataset {
        @Override
        public String id() {
            return "blank/test";
        }

        @Override
        public int size() {
            return 1;
        }

        @Override
        public ImageShape shape() {
            return ImageShape.square(side);
        }

        @Override
        public List<String> classNames() {
            return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
        }

        @Override
        public byte[] pixels(int index) {
            return new byte[shape().values()];
        }

        @Override
        public int label(int index) {
            return 0;
        }

        @Override
        public String imageId(int index) {
            return "blank/test/" + index;
        }

        @Override
        public String checksum() {
            return "0";
        }
    }
}
