package io.redrl.saliency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.attack.AttackLosses;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.data.Split;
import io.redrl.data.TestData;
import io.redrl.image.ImageShape;
import io.redrl.model.Network;
import io.redrl.model.NetworkClassifier;
import io.redrl.model.TorchScriptClassifier;
import io.redrl.model.Weights;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.TestVictims;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterSaliencyTest {
    private static final int CLASSES = 5;
    /** Not the class of the first test image: a loss that float32 can measure. */
    private static final int WRONG = 5;

    private static Tensor images(int n, int side, ScalarType type) {
        return Tensors.uniform(new Seed(5), n, 3, side, side).to(type);
    }

    private static long[] labels(int n) {
        long[] labels = new long[n];
        for (int i = 0; i < n; i++) {
            labels[i] = i % CLASSES;
        }
        return labels;
    }

    /** One image at a time, through the parameters of the network as it was trained: by layer name. */
    private static Map<String, double[]> oneAtATime(Network network, Tensor image, long label) {
        Map<String, Tensor> filters = new LinkedHashMap<>();
        Weights.parameters(network).forEach((name, weights) -> {
            if (weights.dim() == 4) {
                filters.put(name.replace(".weight", ""), weights);
            }
        });
        Tensor logits = network.forward(TestVictims.normalised(image));
        Tensor loss = AttackLosses.crossEntropy(logits, Tensors.longs(label)).sum();
        List<Tensor> gradients = Tensors.gradients(loss, new ArrayList<>(filters.values()), false);
        Map<String, double[]> saliency = new LinkedHashMap<>();
        int i = 0;
        for (String name : filters.keySet()) {
            saliency.put(name, Tensors.toDoubles(gradients.get(i++).abs().mean(1, 2, 3)));
        }
        return saliency;
    }

    /** The largest difference relative to the largest value of the layer. */
    private static double error(FilterLayout layout, double[] saliency, Map<String, double[]> expected) {
        double worst = 0;
        assertThat(layout.layers()).hasSize(expected.size());
        for (int layer = 0; layer < layout.layers().size(); layer++) {
            double[] values = Objects.requireNonNull(
                    expected.get(layout.layers().get(layer).name()));
            assertThat(values).hasSize(layout.layers().get(layer).filters());
            double scale = Arrays.stream(values).max().orElseThrow();
            for (int k = 0; k < values.length; k++) {
                worst = Math.max(worst, Math.abs(saliency[layout.offset(layer) + k] - values[k]) / scale);
            }
        }
        return worst;
    }

    @ParameterizedTest
    @CsvSource({
        "resnet20, 16",
        "resnext20, 16",
        "densenet32, 16",
        "vgg8, 16",
        "resnet18, 16",
        "resnext50, 8",
        "densenet121, 8",
    })
    void aBatchIsItsImagesOneAtATime(String architecture, int side) {
        for (ScalarType type : new ScalarType[] {ScalarType.Double, ScalarType.Float}) {
            Scopes.run(() -> {
                int n = 3;
                try (NetworkClassifier victim = TestVictims.victim(architecture, CLASSES, side, type);
                        Network network = TestVictims.network(architecture, CLASSES, side, type)) {
                    FilterSaliency saliency = FilterSaliency.of(victim);
                    Tensor images = images(n, side, type);
                    double[][] batch = saliency.of(images, labels(n));
                    for (int i = 0; i < n; i++) {
                        Map<String, double[]> expected = oneAtATime(network, images.narrow(0, i, 1), labels(n)[i]);
                        assertThat(error(saliency.layout(), batch[i], expected))
                                .as("%s, image %d", type, i)
                                .isLessThan(type == ScalarType.Double ? 1e-9 : 1e-3);
                    }
                }
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"resnet18, 16", "vgg19, 32", "densenet121, 16"})
    void manyImagesInFloatAreEachAloneInDouble(String architecture, int side) {
        Scopes.run(() -> {
            int n = 16;
            try (NetworkClassifier victim = TestVictims.victim(architecture, CLASSES, side, ScalarType.Float);
                    NetworkClassifier exact = TestVictims.victim(architecture, CLASSES, side, ScalarType.Double)) {
                FilterSaliency saliency = FilterSaliency.of(victim);
                Tensor images = images(n, side, ScalarType.Float);
                double[][] many = saliency.of(images, labels(n));
                double[][] alone = FilterSaliency.of(exact).of(images.to(ScalarType.Double), labels(n), 1);
                double[] errors = new double[n];
                for (int i = 0; i < n; i++) {
                    errors[i] = error(saliency.layout(), many[i], byLayer(saliency.layout(), alone[i]));
                }
                // A ReLU that flips between the precisions shows in its image, so the middle one counts.
                assertThat(Arrays.stream(errors).sorted().toArray()[n / 2]).isLessThan(1e-3);
            }
        });
    }

    private static Map<String, double[]> byLayer(FilterLayout layout, double[] values) {
        Map<String, double[]> layers = new LinkedHashMap<>();
        for (int i = 0; i < layout.layers().size(); i++) {
            layers.put(
                    layout.layers().get(i).name(), Arrays.copyOfRange(values, layout.offset(i), layout.offset(i + 1)));
        }
        return layers;
    }

    @Test
    void memoryChangesNothing() {
        Scopes.run(() -> {
            try (NetworkClassifier victim = TestVictims.victim("vgg8", CLASSES, 16, ScalarType.Double)) {
                FilterSaliency saliency = FilterSaliency.of(victim);
                Tensor images = images(9, 16, ScalarType.Double);
                double[][] roomy = saliency.of(images, labels(9));
                double[][] tight = saliency.of(images, labels(9), 1);
                for (int i = 0; i < 9; i++) {
                    for (int k = 0; k < roomy[i].length; k++) {
                        assertThat(tight[i][k]).isCloseTo(roomy[i][k], within(1e-12));
                    }
                }
            }
        });
    }

    @Test
    void layersComeInTheOrderInWhichAnImageMeetsThem() {
        try (NetworkClassifier victim = TestVictims.victim("resnet20", CLASSES, 16, ScalarType.Float)) {
            FilterLayout layout = FilterSaliency.of(victim).layout();
            assertThat(layout.layers()).hasSize(19);
            assertThat(layout.layers().get(0)).isEqualTo(new FilterLayout.Layer("conv1", 16));
            assertThat(layout.layers().get(18)).isEqualTo(new FilterLayout.Layer("layer3.2.conv2", 64));
            assertThat(layout.filters()).isEqualTo(16 * 7 + 32 * 6 + 64 * 6);
            assertThat(layout.offset(1)).isEqualTo(16);
        }
    }

    @Test
    void recordingIsTheSameAndLeavesTheVictimAsItWas() {
        Scopes.run(() -> {
            try (NetworkClassifier victim = TestVictims.victim("densenet32", CLASSES, 16, ScalarType.Double)) {
                FilterSaliency saliency = FilterSaliency.of(victim);
                Tensor images = images(2, 16, ScalarType.Double);
                long[] before = victim.predict(images);
                double[][] values = saliency.of(images, labels(2));
                double[] recorded =
                        Tensors.toDoubles(saliency.recorded(images.clone().requires_grad_(true), labels(2)));
                for (int i = 0; i < recorded.length; i++) {
                    assertThat(recorded[i])
                            .isCloseTo(values[i / values[0].length][i % values[0].length], within(1e-12));
                }
                assertThat(victim.predict(images)).isEqualTo(before);
            }
        });
    }

    @Test
    void aTorchScriptFileIsReadThroughItsParameters() {
        Optional<Path> file = TestData.shared("resnet20-cifar10.torchscript.pt");
        Assumptions.assumeTrue(file.isPresent(), "no resnet20-cifar10.torchscript.pt in the shared data folder");
        Scopes.run(() -> {
            try (TorchScriptClassifier victim = TorchScriptClassifier.open(file.get(), ImageShape.square(32))) {
                FilterSaliency saliency = FilterSaliency.of(victim);
                assertThat(saliency.layout().filters()).isEqualTo(16 * 7 + 32 * 6 + 64 * 6);
                Tensor images = Tensors.pixels(TestData.cifar10(Split.TEST).images(0, 1));
                double[][] values = saliency.of(images, new long[] {WRONG, 8});
                // Every loss grows when its filters are moved along their gradients' signs, by s_k per weight.
                FilterLayout.Layer first = saliency.layout().layers().get(0);
                Tensor weights = Objects.requireNonNull(victim.filters().get(first.name()));
                double size = weights.numel() / (double) weights.size(0);
                Tensor image = images.narrow(0, 0, 1);
                Tensor gradient = Scopes.scoped(() -> Tensors.gradient(
                        AttackLosses.crossEntropy(victim.logitsThroughFilters(image), Tensors.longs(WRONG))
                                .sum(),
                        weights));
                double step = 1e-3 / gradient.abs().sum().item_double();
                double up = moved(victim, weights, gradient, step, image);
                double down = moved(victim, weights, gradient, -step, image);
                double sum = Arrays.stream(values[0], 0, first.filters()).sum() * size;
                assertThat((up - down) / (2 * step)).isCloseTo(sum, within(0.02 * sum));
            }
        });
    }

    /** The loss with weights moved along their gradient's signs. */
    private static double moved(
            TorchScriptClassifier victim, Tensor weights, Tensor gradient, double step, Tensor image) {
        return Scopes.valuedNoGrad(() -> {
            Tensor change = gradient.sign().mul(new Scalar(step));
            weights.add_(change);
            double loss = AttackLosses.crossEntropy(victim.logitsThroughFilters(image), Tensors.longs(WRONG))
                    .item_double();
            weights.sub_(change);
            return loss;
        });
    }

    @Test
    void refusesLabelsAndImagesThatDoNotSuit() {
        Scopes.run(() -> {
            try (NetworkClassifier victim = TestVictims.victim("vgg8", CLASSES, 16, ScalarType.Float)) {
                FilterSaliency saliency = FilterSaliency.of(victim);
                assertThatThrownBy(() -> saliency.of(images(1, 16, ScalarType.Float), new long[] {5}))
                        .isInstanceOf(RedrlException.class)
                        .hasMessageContaining("label 5")
                        .hasMessageContaining("5 classes");
                assertThatThrownBy(() -> saliency.of(images(1, 8, ScalarType.Float), new long[] {0}))
                        .isInstanceOf(RedrlException.class)
                        .hasMessageContaining("takes images of");
                assertThatThrownBy(() -> saliency.of(images(2, 16, ScalarType.Float), new long[] {0}))
                        .isInstanceOf(RedrlException.class)
                        .hasMessageContaining("N labels");
            }
        });
    }
}
