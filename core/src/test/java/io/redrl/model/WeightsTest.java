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
