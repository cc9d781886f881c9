package io.redrl.recognition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.data.TestData;
import io.redrl.model.FeatureExtractor;
import io.redrl.model.ModelCard;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Safetensors;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.TestVictims;
import io.redrl.testing.Toy;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureSourcesTest {
    @TempDir
    Path folder;

    private static Tensor images() {
        return Tensors.uniform(new Seed(2), 2, 3, 8, 8);
    }

    private static Tensor given(Map<String, Tensor> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name));
    }

    private static float[] features(FeatureExtractor f) {
        return Scopes.valuedNoGrad(() -> Tensors.toFloats(f.features(images(), Precision.FP32)));
    }

    @Test
    void loadsTorchvisionsVgg16UpToTheThirdConvolutionOfTheThirdBlock() {
        Path file = Toy.vgg(folder.resolve("vgg16.safetensors"), 64, new int[] {2, 2, 3, 1}, false);
        try (FeatureExtractor f = FeatureExtractor.load(file)) {
            assertThat(f.channels()).isEqualTo(256);
            assertThat(features(f)).hasSize(2 * 256 * 2 * 2);
        }
    }

    @Test
    void normalisesByImageNetAndRunsTheLayersInOrder() {
        Path file = Toy.vgg(folder.resolve("vgg.safetensors"), 2, new int[] {1, 1, 1}, false);
        try (FeatureExtractor f = FeatureExtractor.load(file)) {
            float[] byHand = Scopes.valuedNoGrad(() -> {
                Map<String, Tensor> tensors = Safetensors.read(file);
                Tensor h = images().sub(Tensors.floats(new float[] {0.485f, 0.456f, 0.406f}, 1, 3, 1, 1))
                        .div(Tensors.floats(new float[] {0.229f, 0.224f, 0.225f}, 1, 3, 1, 1));
                for (int place : new int[] {0, 3, 6}) {
                    h = place == 0 ? h : torch.max_pool2d(h, 2, 2);
                    h = torch.conv2d(
                                    h,
                                    given(tensors, "features." + place + ".weight"),
                                    new TensorOptional(given(tensors, "features." + place + ".bias")),
                                    new long[] {1, 1},
                                    new long[] {1, 1},
                                    new long[] {1, 1},
                                    1)
                            .relu();
                }
                return Tensors.toFloats(h);
            });
            assertThat(features(f)).containsExactly(byHand, Offset.offset(2e-4f));
        }
    }

    @Test
    void foldsBatchNormIntoTheConvolutionBeforeIt() {
        Path file = Toy.vgg(folder.resolve("vgg-bn.safetensors"), 2, new int[] {1, 1, 1}, true);
        try (FeatureExtractor f = FeatureExtractor.load(file)) {
            float[] byHand = Scopes.valuedNoGrad(() -> {
                Map<String, Tensor> tensors = Safetensors.read(file);
                Tensor h = images().sub(Tensors.floats(new float[] {0.485f, 0.456f, 0.406f}, 1, 3, 1, 1))
                        .div(Tensors.floats(new float[] {0.229f, 0.224f, 0.225f}, 1, 3, 1, 1));
                for (int place : new int[] {0, 4, 8}) {
                    h = place == 0 ? h : torch.max_pool2d(h, 2, 2);
                    h = torch.conv2d(
                            h,
                            given(tensors, "features." + place + ".weight"),
                            new TensorOptional(given(tensors, "features." + place + ".bias")),
                            new long[] {1, 1},
                            new long[] {1, 1},
                            new long[] {1, 1},
                            1);
                    String norm = "features." + (place + 1);
                    h = torch.batch_norm(
                                    h,
                                    new TensorOptional(given(tensors, norm + ".weight")),
                                    new TensorOptional(given(tensors, norm + ".bias")),
                                    new TensorOptional(given(tensors, norm + ".running_mean")),
                                    new TensorOptional(given(tensors, norm + ".running_var")),
                                    false,
                                    0.1,
                                    1e-5,
                                    false)
                            .relu();
                }
                return Tensors.toFloats(h);
            });
            float[] ours = features(f);
            for (int i = 0; i < ours.length; i++) {
                assertThat(ours[i]).isCloseTo(byHand[i], within(1e-3f * Math.max(1, Math.abs(byHand[i]))));
            }
        }
    }

    @Test
    void takesTheFirstBlocksOfAVictimWithItsOwnNormalisation() {
        Toy.vgg(folder.resolve(ModelCard.WEIGHTS), 4, new int[] {2, 2, 3, 3}, true);
        Json.write(folder.resolve(ModelCard.FILE), TestVictims.card("vgg16-quarter", 2, 8, ""));
        try (FeatureExtractor victim = FeatureExtractor.load(folder);
                FeatureExtractor file = FeatureExtractor.load(folder.resolve(ModelCard.WEIGHTS))) {
            assertThat(victim.channels()).isEqualTo(16);
            assertThat(victim.checksum()).isEqualTo(file.checksum());
            assertThat(features(victim)).isNotEqualTo(features(file));
        }
    }

    @Test
    void loadsImageNetsVgg19FromAFileWhoseFeaturesRespondToPictures() {
        Optional<Path> file = TestData.shared("vgg19-imagenet-features.safetensors");
        Assumptions.assumeTrue(file.isPresent(), "no vgg19-imagenet-features.safetensors in the shared data folder");
        try (FeatureExtractor f = FeatureExtractor.load(file.get())) {
            assertThat(f.channels()).isEqualTo(256);
            double rms = Scopes.valuedNoGrad(() -> (double) f.features(images(), Precision.FP32)
                    .pow(new Scalar(2.0))
                    .mean()
                    .sqrt()
                    .item_float());
            // Its convolutions are not scaled down: features of real pictures are in the hundreds.
            assertThat(rms).isBetween(1.0, 5000.0);
        }
    }

    @Test
    void namesWhatIsWrongWithAFile() {
        Path file = folder.resolve("other.safetensors");
        Scopes.run(() -> Safetensors.write(file, Map.of("fc.weight", Tensors.floats(new float[4], 2, 2)), Map.of()));
        assertThatThrownBy(() -> FeatureExtractor.load(file))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("holds no VGG with three blocks");
        assertThatThrownBy(() -> FeatureExtractor.load(folder.resolve("none")))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("none");
        Path twoBlocks = Toy.vgg(folder.resolve("short.safetensors"), 2, new int[] {1, 1}, false);
        assertThatThrownBy(() -> FeatureExtractor.load(twoBlocks)).hasMessageContaining("found 2 blocks");
    }
}
