package io.redrl.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsTest {
    @TempDir
    Path folder;

    private static Tensor get(Map<String, Tensor> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name), name);
    }

    static boolean same(Module a, Module b) {
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> other = Weights.state(b);
            return Weights.state(a).entrySet().stream()
                    .allMatch(e -> e.getValue().equal(Objects.requireNonNull(other.get(e.getKey()))));
        }
    }

    @Test
    void drawsEqualWeightsFromOneSeedWhateverElseTheProcessDraws() {
        try (PointerScope scope = new PointerScope();
                TinyNetwork a = new TinyNetwork(10, new Seed(1))) {
            torch.manual_seed(99);
            torch.torch_rand(new long[] {7});
            try (TinyNetwork b = new TinyNetwork(10, new Seed(1));
                    TinyNetwork c = new TinyNetwork(10, new Seed(2))) {
                assertThat(same(a, b)).isTrue();
                assertThat(same(a, c)).isFalse();
            }
        }
    }

    @Test
    void drawsConvolutionsWithTheirDeviationAndNormsAsIdentity() {
        try (PointerScope scope = new PointerScope();
                ResNet network = ResNet.resnet18(3, 10)) {
            Initialisation.draw(network, new Seed(3));
            Map<String, Tensor> state = Weights.state(network);
            Tensor conv = get(state, "layer4.0.conv2.weight");
            assertThat(conv.std().item_double()).isCloseTo(Math.sqrt(2.0 / (512 * 9)), within(1e-4));
            assertThat(conv.mean().item_double()).isCloseTo(0, within(1e-4));
            assertThat(get(state, "bn1.weight")
                            .eq(new org.bytedeco.pytorch.Scalar(1.0))
                            .all()
                            .item_bool())
                    .isTrue();
            assertThat(get(state, "bn1.running_var").sum().item_double()).isEqualTo(64);
            assertThat(get(state, "bn1.bias").count_nonzero().item_long()).isZero();
            double bound = 1 / Math.sqrt(512);
            assertThat(get(state, "fc.weight").abs().max().item_double()).isBetween(bound * 0.99, bound);
            assertThat(get(state, "fc.bias").abs().max().item_double()).isBetween(1e-9, bound);
        }
    }

    @Test
    void loadsWhatWasSaved() {
        try (TinyNetwork a = new TinyNetwork(10, new Seed(1));
                TinyNetwork b = new TinyNetwork(10, new Seed(2))) {
            Path file = folder.resolve("model.safetensors");
            Weights.save(a, file);
            Weights.load(b, file);
            assertThat(same(a, b)).isTrue();
        }
    }

    @Test
    void namesEveryTensorThatDoesNotFitAndChangesNothing() {
        try (PointerScope scope = new PointerScope();
                TinyNetwork a = new TinyNetwork(10, new Seed(1));
                TinyNetwork before = new TinyNetwork(10, new Seed(1));
                TinyNetwork other = new TinyNetwork(12, new Seed(2))) {
            Map<String, Tensor> tensors = new LinkedHashMap<>(Weights.state(other));
            tensors.remove("conv1.bias");
            tensors.put("conv9.bias", Tensors.floats(new float[] {1}, 1));
            assertThatThrownBy(() -> Weights.load(a, tensors, "file.safetensors"))
                    .isInstanceOf(RedrlException.class)
                    .hasMessageContaining("file.safetensors does not fit")
                    .hasMessageContaining("fc.weight has shape [12, 8] instead of [10, 8]")
                    .hasMessageContaining("conv1.bias is missing")
                    .hasMessageContaining("conv9.bias is unexpected");
            assertThat(same(a, before)).isTrue();
        }
    }

    @Test
    void keepsANetworkAliveThatWasBuiltInAScopeThatClosed() {
        TinyNetwork network;
        try (PointerScope scope = new PointerScope()) {
            network = new TinyNetwork(10, new Seed(1));
        }
        try (PointerScope scope = new PointerScope()) {
            Tensor logits = network.forward(Tensors.uniform(new Seed(5), 2, 3, 8, 8));
            assertThat(Tensors.shape(logits)).containsExactly(2, 10);
        }
        network.close();
    }

    @Test
    void foldsBatchNormIntoConvolutions() {
        try (PointerScope scope = new PointerScope();
                TinyNetwork network = new TinyNetwork(10, new Seed(1))) {
            Tensor x = Tensors.uniform(new Seed(5), 4, 3, 8, 8);
            for (int i = 0; i < 20; i++) {
                network.forward(x); // moves the running statistics away from 0 and 1
            }
            network.eval();
            float[] plain = Tensors.toFloats(network.forward(x));
            network.fold();
            float[] folded = Tensors.toFloats(network.forward(x));
            for (int i = 0; i < plain.length; i++) {
                assertThat(folded[i]).isCloseTo(plain[i], within(2e-6f));
            }
            assertThat(folded).isNotEqualTo(new float[folded.length]);
        }
    }
}
