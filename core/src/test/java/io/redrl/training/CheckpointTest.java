package io.redrl.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.model.TinyNetwork;
import io.redrl.model.Weights;
import io.redrl.tensor.Tensors;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
    @TempDir
    Path folder;

    private static Optimizer optimizer(boolean adam, TinyNetwork network) {
        if (adam) {
            return new Adam(network.parameters(), new AdamOptions(1e-2));
        }
        SGDOptions options = new SGDOptions(0.1);
        options.momentum().put(0.9);
        options.nesterov().put(true);
        return new SGD(network.parameters(), options);
    }

    private static void steps(TinyNetwork network, Optimizer optimizer, int from, int to) {
        for (int i = from; i < to; i++) {
            try (PointerScope scope = new PointerScope()) {
                Tensor x = Tensors.uniform(new Seed(i), 4, 3, 8, 8);
                optimizer.zero_grad();
                torch.cross_entropy_loss(network.forward(x), Tensors.longs(0, 1, 2, 3))
                        .backward();
                optimizer.step();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void goesOnBitForBit(boolean adam) {
        Path file = folder.resolve("checkpoint.pt");
        try (PointerScope scope = new PointerScope();
                TinyNetwork whole = new TinyNetwork(10, new Seed(1));
                TinyNetwork resumed = new TinyNetwork(10, new Seed(2))) {
            Optimizer optimizer = optimizer(adam, whole);
            steps(whole, optimizer, 0, 5);
            Checkpoint.save(file, Map.of("net", whole), optimizer, "{\"epoch\":5}");
            steps(whole, optimizer, 5, 9);

            Optimizer other = optimizer(adam, resumed);
            String state = Checkpoint.load(file, Map.of("net", resumed), other);
            steps(resumed, other, 5, 9);

            assertThat(state).isEqualTo("{\"epoch\":5}");
            Map<String, Tensor> expected = Weights.state(whole);
            Weights.state(resumed)
                    .forEach((name, tensor) -> assertThat(tensor.equal(Objects.requireNonNull(expected.get(name))))
                            .as(name)
                            .isTrue());
        }
    }

    @Test
    void namesADamagedFile() throws IOException {
        Path file = folder.resolve("checkpoint.pt");
        try (PointerScope scope = new PointerScope();
                TinyNetwork network = new TinyNetwork(10, new Seed(1))) {
            Optimizer optimizer = optimizer(false, network);
            Checkpoint.save(file, Map.of("net", network), optimizer, "{}");
            byte[] whole = Files.readAllBytes(file);
            byte[] altered = whole.clone();
            altered[whole.length / 2] ^= 1;
            for (byte[] bad : new byte[][] {altered, Arrays.copyOf(whole, whole.length - 100), new byte[0]}) {
                Files.write(file, bad);
                assertThatThrownBy(() -> Checkpoint.load(file, Map.of("net", network), optimizer))
                        .isInstanceOf(RedrlException.class)
                        .hasMessageContaining("checkpoint.pt is damaged");
            }
        }
    }

    @Test
    void saysWhenItBelongsToSomethingElseOrIsMissing() {
        Path file = folder.resolve("checkpoint.pt");
        try (PointerScope scope = new PointerScope();
                TinyNetwork network = new TinyNetwork(10, new Seed(1))) {
            Optimizer optimizer = optimizer(false, network);
            assertThatThrownBy(() -> Checkpoint.load(file, Map.of(), optimizer)).hasMessageContaining("No such");
            Checkpoint.save(file, Map.of("net", network), optimizer, "{}");
            assertThatThrownBy(() -> Checkpoint.load(file, Map.of("other", network), optimizer))
                    .isInstanceOf(RedrlException.class)
                    .hasMessageContaining("belongs to another model");
        }
    }

    @Test
    void saysWhenThePlaceCannotBeWritten() throws IOException {
        Path notAFolder = Files.writeString(folder.resolve("plain"), "");
        try (PointerScope scope = new PointerScope();
                TinyNetwork network = new TinyNetwork(10, new Seed(1))) {
            Optimizer optimizer = optimizer(false, network);
            assertThatThrownBy(
                            () -> Checkpoint.save(notAFolder.resolve("c.pt"), Map.of("net", network), optimizer, "{}"))
                    .isInstanceOf(RedrlException.class)
                    .hasMessageContaining("Could not write");
        }
    }

    @Test
    void aFullDiskIsAnErrorAndNotTheEndOfTheProcess() {
        OutputStream full = new OutputStream() {
            private int left = 5_000;

            @Override
            public void write(int b) throws IOException {
                if (left-- <= 0) {
                    throw new IOException("No space left on device");
                }
            }
        };
        try (PointerScope scope = new PointerScope();
                TinyNetwork network = new TinyNetwork(10, new Seed(1))) {
            Optimizer optimizer = optimizer(true, network);
            assertThatThrownBy(() -> Checkpoint.write(full, Map.of("net", network), optimizer, "{}"))
                    .isInstanceOf(IOException.class)
                    .hasMessage("No space left on device");
        }
    }
}
