package io.redrl.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.redrl.base.RedrlException;
import io.redrl.data.TestData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
    @TempDir
    Path folder;

    private static Tensor get(Map<String, Tensor> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name), name);
    }

    @Test
    void readsBackWhatWasWritten() {
        try (PointerScope scope = new PointerScope()) {
            Path file = folder.resolve("a.safetensors");
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            tensors.put("byte", Tensors.floats(new float[] {7, 255, 0}, 3).to(ScalarType.Byte));
            tensors.put("float", Tensors.floats(new float[] {1.5f, -2, 3e-30f, 4, 5, 6}, 2, 3));
            tensors.put("scalar", Tensors.longs(1L << 40).squeeze());
            tensors.put("double", Tensors.floats(new float[] {0.1f}, 1).to(ScalarType.Double));
            tensors.put("empty", Tensors.floats(new float[0], 0, 4));
            Safetensors.write(file, tensors, Map.of("format", "pt"));

            Map<String, Tensor> read = Safetensors.read(file);

            assertThat(read).containsOnlyKeys("byte", "float", "scalar", "double", "empty");
            tensors.forEach((name, tensor) -> {
                assertThat(Tensors.shape(get(read, name))).isEqualTo(Tensors.shape(tensor));
                assertThat(get(read, name).scalar_type().intern())
                        .isEqualTo(tensor.scalar_type().intern());
                assertThat(get(read, name).equal(tensor)).as(name).isTrue();
            });
            assertThat(Safetensors.metadata(file)).containsExactly(Map.entry("format", "pt"));
            assertThat(folder).isDirectoryNotContaining(p -> p.toString().endsWith(".partial"));
        }
    }

    @Test
    void writesRowMajorWhateverTheMemoryFormat() {
        try (PointerScope scope = new PointerScope()) {
            Path file = folder.resolve("a.safetensors");
            Tensor tensor = Tensors.uniform(new io.redrl.base.Seed(1), 2, 3, 4, 5);
            Safetensors.write(file, Map.of("t", tensor.contiguous(MemoryFormat.ChannelsLast)), Map.of());
            assertThat(get(Safetensors.read(file), "t").equal(tensor)).isTrue();
        }
    }

    @Test
    void startsTheDataAtAMultipleOfEightBytes() throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Path file = folder.resolve("a.safetensors");
            Safetensors.write(file, Map.of("tensor", Tensors.floats(new float[] {1}, 1)), Map.of());
            long header = ByteBuffer.wrap(Files.readAllBytes(file))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getLong();
            assertThat(header % 8).isZero();
            assertThat(Files.size(file)).isEqualTo(8 + header + 4);
        }
    }

    @Test
    void namesAFileThatIsCutShortAnywhere() throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Path file = folder.resolve("cut.safetensors");
            Safetensors.write(file, Map.of("t", Tensors.floats(new float[] {1, 2, 3}, 3)), Map.of());
            byte[] whole = Files.readAllBytes(file);
            for (int length = 0; length < whole.length; length++) {
                Files.write(file, Arrays.copyOf(whole, length));
                assertThatThrownBy(() -> Safetensors.read(file))
                        .isInstanceOf(RedrlException.class)
                        .hasMessageContaining("cut.safetensors");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{`t`:{`dtype`:`F99`,`shape`:[1],`data_offsets`:[0,4]}} | dtype",
                "{`t`:{`dtype`:`F32`,`shape`:[2],`data_offsets`:[0,4]}} | takes 8 bytes",
                "{`t`:{`dtype`:`F32`,`shape`:[-1],`data_offsets`:[0,4]}} | whole numbers from 0",
                "{`t`:{`dtype`:`F32`,`shape`:3,`data_offsets`:[0,4]}} | list of numbers",
                "{`t`:{`dtype`:`F32`,`shape`:[1],`data_offsets`:[0]}} | two numbers",
                "{`t`:{`dtype`:`F32`,`shape`:[9223372036854775807,4],`data_offsets`:[0,4]}} | too large",
                "{`t`:{`dtype`:`F32`,`shape`:[2],`data_offsets`:[0,8]}} | cut short",
                "{`t`:{`dtype`:`U8`,`shape`:[2],`data_offsets`:[2,4]}} | overlap or leave a gap",
                "{`t`:{`dtype`:`U8`,`shape`:[3],`data_offsets`:[0,3]}} | belong to no tensor",
                "{`a`:{`dtype`:`U8`,`shape`:[3],`data_offsets`:[0,3]},`b`:{`dtype`:`U8`,`shape`:[2],`data_offsets`:[2,4]}} | overlap",
                "{`t`:{`dtype`:`U8`,`shape`:[0,4611686018427387904,4],`data_offsets`:[0,0]}} | too large",
                "{`t`:{`dtype`:`U8`,`shape`:[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,4]}} | at most 32",
                "{`t`:{`dtype`:[`U8`],`shape`:[4],`data_offsets`:[0,4]}} | dtype",
                "{`t`:{`dtype`:`U8`,`shape`:[4],`shape`:[4],`data_offsets`:[0,4]}} | Duplicate",
                "[1,2] | not JSON",
                "{nonsense} | safetensors header",
            })
    void refusesAHeaderThatDoesNotFit(String header, String complaint) throws IOException {
        byte[] text = header.replace('`', '"').getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(text.length).put(text);
        Path file = Files.write(folder.resolve("odd.safetensors"), bytes.array());
        try (PointerScope scope = new PointerScope()) {
            assertThatThrownBy(() -> Safetensors.read(file))
                    .isInstanceOf(RedrlException.class)
                    .hasMessageContaining("odd.safetensors")
                    .hasMessageContaining(complaint);
        }
    }

    @Test
    void refusesAHeaderLongerThanTheFile() throws IOException {
        Path file = Files.writeString(folder.resolve("page.html"), "<!DOCTYPE html> this is not a weights file at all");
        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("page.html is not a whole safetensors file");
        assertThatThrownBy(() -> Safetensors.read(folder.resolve("absent")))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("No such weights file");
    }

    @Test
    void readsAFileThatAnotherProgramWrote() {
        Optional<Path> file = TestData.shared("vgg19-imagenet-features.safetensors");
        assumeTrue(file.isPresent(), "no vgg19-imagenet-features.safetensors in the shared data folder");
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> read = Safetensors.read(file.get());
            assertThat(read.keySet()).anyMatch(name -> name.endsWith("weight"));
            assertThat(Tensors.shape(get(read, "features.0.weight"))).containsExactly(64, 3, 3, 3);
        }
    }
}
