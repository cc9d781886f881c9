package io.redrl.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class VictimCatalogTest {
    private static final long IMAGENET_CLASSES = 1000;

    static Stream<VictimCatalog.Architecture> compact() {
        return VictimCatalog.all().stream().filter(VictimCatalog.Architecture::compact);
    }

    static List<VictimCatalog.Architecture> all() {
        return VictimCatalog.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void saysTheNumberOfParametersThatItHas(VictimCatalog.Architecture architecture) {
        try (Network network = architecture.constructor().apply(10)) {
            assertThat(Weights.parameterCount(network)).isEqualTo(architecture.parameters());
        }
    }

    /**
     * torchvision's published counts for ImageNet, less what differs: a 7×7 stem (64·3·49) became 3×3 (64·3·9), the head
     * for 1000 classes one for 10, DenseNet lost the norm after its stem (2·64), VGG its three linear layers.
     */
    @ParameterizedTest
    @CsvSource({
        "resnet18, 11689512, 512",
        "resnet50, 25557032, 2048",
        "resnext50, 25028904, 2048",
        "densenet121, 7978856, 1024",
        "vgg16, 138365992, 512",
        "vgg19, 143678248, 512"
    })
    void agreesWithTorchvisionUpToStemAndHead(String name, long published, long features) {
        long head = name.startsWith("vgg")
                ? (25088 + 1) * 4096 + (4096 + 1) * 4096 + (4096 + 1) * IMAGENET_CLASSES
                : (features + 1) * IMAGENET_CLASSES;
        long stem = name.startsWith("vgg") ? 0 : 64 * 3 * (49 - 9);
        long stemNorm = name.startsWith("dense") ? 2 * 64 : 0;
        assertThat(VictimCatalog.named(name).parameters())
                .isEqualTo(published - head - stem - stemNorm + (features + 1) * 10);
    }

    @Test
    void hasACompactMemberOfEveryFamily() {
        assertThat(compact().map(VictimCatalog.Architecture::family).collect(Collectors.toSet()))
                .isEqualTo(EnumSet.allOf(VictimFamily.class));
        assertThat(compact().count()).as("for 32 and for 64 pixels").isEqualTo(8);
    }

    @ParameterizedTest
    @MethodSource("compact")
    void takesImagesOf32And64PixelsAndAnyNumberOfClasses(VictimCatalog.Architecture architecture) {
        try (Network network = architecture.network(7, new Seed(1));
                PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            for (int size : new int[] {32, 64}) {
                Tensor logits = network.forward(Tensors.uniform(new Seed(2), 2, 3, size, size));
                assertThat(Tensors.shape(logits)).containsExactly(2, 7);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "resnet18, layer1.0.conv1.weight layer2.0.downsample.0.weight layer2.0.downsample.1.running_mean fc.bias",
        "resnext50, layer1.0.conv2.weight layer1.0.bn3.weight layer1.0.downsample.0.weight conv1.weight bn1.bias",
        "densenet121, features.conv0.weight features.denseblock4.denselayer16.norm1.weight features.transition3.conv.weight",
        "densenet121, features.norm5.running_var features.denseblock1.denselayer1.conv2.weight classifier.weight",
        "vgg19, features.0.weight features.0.bias features.1.running_var features.49.weight features.50.bias",
        "vgg16, features.0.weight features.3.weight features.7.weight features.20.weight features.40.bias"
    })
    void namesLayersAsTorchvisionDoes(String name, String keys) {
        try (Network network = VictimCatalog.named(name).constructor().apply(10)) {
            Set<String> names =
                    Scopes.valued(() -> Set.copyOf(Weights.state(network).keySet()));
            assertThat(names).contains(keys.split(" ", -1));
        }
    }

    /** Convolutions with bias and batch norm, counted by hand from the widths; then 10 · (features + 1). */
    @ParameterizedTest
    @CsvSource({"vgg8, 16 16 48 48 96 96", "vgg16-quarter, 16 16 32 32 64 64 64 128 128 128 128 128 128"})
    void countsTheSmallVggsByFormula(String name, String widths) {
        long inputs = 3;
        long count = 0;
        for (String width : widths.split(" ", -1)) {
            long outputs = Long.parseLong(width);
            count += inputs * outputs * 9 + outputs + 2 * outputs;
            inputs = outputs;
        }
        assertThat(VictimCatalog.named(name).parameters()).isEqualTo(count + 10 * (inputs + 1));
    }

    @Test
    void countsTheSmallResNeXtByFormula() {
        long inputs = 16;
        long count = 3 * 16 * 9 + 2 * 16;
        for (long inner : new long[] {32, 64, 128}) {
            long outputs = inner;
            for (int block = 0; block < 2; block++) {
                count += inputs * inner
                        + 2 * inner
                        + inner * (inner / 8) * 9
                        + 2 * inner
                        + inner * outputs
                        + 2 * outputs;
                count += inputs == outputs ? 0 : inputs * outputs + 2 * outputs;
                inputs = outputs;
            }
        }
        assertThat(VictimCatalog.named("resnext20").parameters()).isEqualTo(count + 10 * (inputs + 1));
    }

    @Test
    void countsTheSmallDenseNetByFormula() {
        long channels = 24;
        long count = 3 * 24 * 9;
        for (int block = 0; block < 3; block++) {
            for (int layer = 0; layer < 2 << block; layer++, channels += 12) {
                count += 2 * channels + channels * 48 + 2 * 48 + 48 * 12 * 9;
            }
            if (block < 2) {
                count += 2 * channels + channels * (channels / 2);
                channels /= 2;
            }
        }
        assertThat(VictimCatalog.named("densenet32").parameters())
                .isEqualTo(count + 2 * channels + 10 * (channels + 1));
    }

    @Test
    void halvesTheImageThreeTimesBetweenStagesOnly() {
        // Strides are set by array: the two-argument put would leave stride 1 unnoticed.
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard();
                ResNet network = ResNet.resnet18(6, 3)) {
            Initialisation.draw(network, new Seed(1));
            Tensor features = network.features(Tensors.uniform(new Seed(1), 1, 6, 32, 32));
            assertThat(Tensors.shape(features)).containsExactly(1, 512, 4, 4);
        }
    }

    @Test
    void listsTheKnownNamesForAnUnknownOne() {
        assertThatThrownBy(() -> VictimCatalog.named("resnet21"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("resnet21")
                .hasMessageContaining("resnet20");
    }

    /** torchvision's published counts with 1000 classes. */
    @ParameterizedTest
    @CsvSource({
        "resnet18-imagenet, 11689512",
        "resnet50-imagenet, 25557032",
        "resnext50-imagenet, 25028904",
        "densenet121-imagenet, 7978856"
    })
    void torchvisionsFormsHaveItsNumberOfParameters(String name, long published) {
        try (Network network = VictimCatalog.named(name).constructor().apply((int) IMAGENET_CLASSES)) {
            assertThat(Weights.parameterCount(network)).isEqualTo(published);
        }
    }

    @Test
    void thePapersVictimsTakeItsImages() {
        assertThat(VictimCatalog.paper().stream()
                        .map(VictimCatalog.Architecture::family)
                        .toList())
                .containsExactly(VictimFamily.RESNET, VictimFamily.RESNEXT, VictimFamily.DENSENET, VictimFamily.VGG);
        for (VictimCatalog.Architecture each : VictimCatalog.paper()) {
            try (Network network = each.network(10, new Seed(1))) {
                network.eval();
                float[] logits = Scopes.valuedNoGrad(
                        () -> Tensors.toFloats(network.forward(Tensors.uniform(new Seed(2), 1, 3, 64, 64))));
                assertThat(logits).hasSize(10).doesNotContain(Float.NaN);
            }
        }
    }
}
