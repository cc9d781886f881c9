package io.redrl.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.base.Seed;
import io.redrl.model.AttackClassifier;
import io.redrl.model.AttackClassifierSpec;
import io.redrl.model.FeatureExtractor;
import io.redrl.model.Weights;
import io.redrl.tensor.Safetensors;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.Toy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsFuzzTest {
    private static final String NAME = "odd.safetensors";

    /** Of a header of 4 MiB most: its text, and some ten times as much as a tree. */
    private static final long MOST_HEAP = 256L << 20;

    private static final AttackClassifierSpec SIZE =
            new AttackClassifierSpec(2, 1, AttackClassifierSpec.Stem.SMALL, 0, 4, AttackClassifierSpec.Pooling.MEAN);

    @TempDir
    Path folder;

    @Test
    void everyDamagedSafetensorsFileIsReadOrRefusedByName() throws InterruptedException {
        List<byte[]> seeds = List.of(everyType(), network(), vgg(true), vgg(false));
        Path file = folder.resolve(NAME);
        FuzzRun.of(
                "safetensors",
                1_500,
                NAME,
                MOST_HEAP,
                (i, random) -> Mutations.ofSafetensors(
                        seeds.get(i % seeds.size()), seeds.get(random.nextInt(seeds.size())), random),
                bytes -> {
                    Files.write(file, bytes);
                    Scopes.run(() -> {
                        long size = Safetensors.read(file).values().stream()
                                .mapToLong(tensor -> tensor.numel() * tensor.element_size())
                                .sum();
                        assertThat(size).isLessThan(bytes.length);
                        assertThat(Safetensors.metadata(file)).hasSizeLessThan(bytes.length);
                    });
                });
    }

    @Test
    void everyDamagedNetworkIsLoadedOrRefusedByName() throws InterruptedException {
        byte[] whole = network();
        Path file = folder.resolve(NAME);
        try (AttackClassifier network = new AttackClassifier(SIZE, 3, 6, 0, new Seed(2))) {
            FuzzRun.of(
                    "weights",
                    600,
                    NAME,
                    MOST_HEAP,
                    (i, random) -> Mutations.ofSafetensors(whole, whole, random),
                    bytes -> {
                        Files.write(file, bytes);
                        Weights.load(network, file);
                        Scopes.run(() -> Weights.state(network).forEach((name, value) -> assertThat(
                                        value.isfinite().all().item_bool())
                                .as(name)
                                .isTrue()));
                    });
        }
    }

    @Test
    void everyDamagedFeatureExtractorIsLoadedOrRefusedByName() throws InterruptedException {
        List<byte[]> seeds = List.of(vgg(true), vgg(false));
        Path file = folder.resolve(NAME);
        FuzzRun.of(
                "feature extractors",
                400,
                NAME,
                MOST_HEAP,
                (i, random) -> Mutations.ofSafetensors(seeds.get(i % 2), seeds.get(random.nextInt(2)), random),
                bytes -> {
                    Files.write(file, bytes);
                    FeatureExtractor.load(file).close();
                });
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] written(Map<String, Tensor> tensors, Map<String, String> metadata) {
        Path file = folder.resolve("whole");
        Safetensors.write(file, tensors, metadata);
        return bytes(file);
    }

    private byte[] everyType() {
        return Scopes.valued(() -> {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (ScalarType type : List.of(
                    ScalarType.Double,
                    ScalarType.Long,
                    ScalarType.Float,
                    ScalarType.Int,
                    ScalarType.Half,
                    ScalarType.BFloat16,
                    ScalarType.Byte)) {
                tensors.put("of " + type, Tensors.uniform(new Seed(1), 2, 3).to(type));
            }
            tensors.put("empty", Tensors.floats(new float[0], 0, 4));
            tensors.put("scalar", Tensors.longs(1L << 40).squeeze());
            return written(tensors, Map.of("format", "pt", "made by", "a test"));
        });
    }

    private byte[] network() {
        try (AttackClassifier network = new AttackClassifier(SIZE, 3, 6, 0, new Seed(1))) {
            return Scopes.valued(() -> written(Weights.state(network), Map.of()));
        }
    }

    /** The first three blocks of a VGG, a convolution each. */
    private byte[] vgg(boolean batchNorm) {
        return bytes(Toy.vgg(folder.resolve("vgg"), 4, new int[] {1, 1, 1}, batchNorm));
    }
}
