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
import io.redrl.testing.MadeImages;
import io.redrl.testing.TestVictims;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkClassifierTest {
    @TempDir
    Path folder;

    private Path model;

    @BeforeEach
    void makeModel() {
        model = folder.resolve("small");
        TestVictims.write(model, "vgg8", 5, 16, 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vgg8", "resnet20", "resnext20", "densenet32"})
    void normalisesInsideAndFoldsWithoutChangingTheAnswer(String architecture) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Network network = TestVictims.network(architecture, 5, 32, ScalarType.Float);
            Tensor x = Tensors.uniform(new Seed(9), 3, 3, 32, 32);
            float[] expected = Tensors.toFloats(network.forward(TestVictims.normalised(x)));
            try (Classifier victim =
                    new NetworkClassifier("v", network, TestVictims.card(architecture, 5, 32, "0"), "0")) {
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
            Network network = TestVictims.network("resnet20", 5, 32, ScalarType.Float);
            try (Classifier victim =
                    new NetworkClassifier("v", network, TestVictims.card("resnet20", 5, 32, "0"), "0")) {
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
        Json.write(model.resolve(ModelCard.FILE), TestVictims.card("vgg8", 6, 16, Checksums.of(weights)));
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
            assertThatThrownBy(() -> Victims.requireFits(victim, blank(7, 16)))
                    .isInstanceOf(RedrlException.class)
                    .hasMessageContaining("knows 5 classes")
                    .hasMessageContaining("has 7");
            assertThatThrownBy(() -> Victims.requireFits(victim, blank(5, 32)))
                    .isInstanceOf(RedrlException.class)
                    .hasMessageContaining("takes images of 3×16×16");
            Victims.requireFits(victim, blank(5, 16));
        }
    }

    private static ImageDataset blank(int classes, int side) {
        ImageShape shape = ImageShape.square(side);
        List<String> names =
                IntStream.range(0, classes).mapToObj(Integer::toString).toList();
        return new MadeImages("blank/test", 1, shape, names, index -> new byte[shape.values()]);
    }
}
