package io.redrl.saliency;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.base.Seed;
import io.redrl.model.Convolution;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayerSumsTest {
    private static final int IMAGES = 3;

    private static GradientSums vectors() {
        GradientSums vectors = GradientSums.find();
        Assumptions.assumeTrue(
                vectors != null, "no module jdk.incubator.vector, or vectors of fewer than eight floats");
        return Objects.requireNonNull(vectors);
    }

    private record Layer(Convolution convolution, Tensor gradient) {
        static Layer of(int channels, int filters, int height, int width, int kernel, int stride, boolean last) {
            Tensor input = Tensors.normal(new Seed(1), IMAGES, channels, height, width);
            Tensor weight = Tensors.normal(new Seed(2), filters, channels, kernel, kernel);
            long[] strides = {stride, stride};
            long[] padding = {kernel / 2, kernel / 2};
            Tensor output = torch.conv2d(input, weight, new TensorOptional(), strides, padding, new long[] {1, 1}, 1);
            Tensor gradient = Tensors.normal(new Seed(3), output.shape());
            return new Layer(
                    new Convolution(
                            "layer",
                            weight,
                            stride,
                            kernel / 2,
                            1,
                            null,
                            last ? input.contiguous(MemoryFormat.ChannelsLast) : input,
                            output),
                    last ? gradient.contiguous(MemoryFormat.ChannelsLast) : gradient);
        }

        Layer doubled() {
            Convolution c = convolution;
            return new Layer(
                    new Convolution(
                            c.name(),
                            c.weight().to(ScalarType.Double),
                            c.stride(),
                            c.padding(),
                            c.groups(),
                            c.scale(),
                            c.input().to(ScalarType.Double),
                            c.output()),
                    gradient.to(ScalarType.Double));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "32, 4, 8, 8, 3, 1, true",
        "32, 4, 8, 8, 3, 1, false",
        "64, 12, 9, 5, 3, 2, true",
        "96, 8, 7, 7, 1, 1, true",
        "64, 8, 8, 6, 1, 2, true",
        "32, 8, 2, 2, 5, 1, true",
        "128, 16, 1, 1, 3, 1, true",
    })
    void vectorsGiveWhatDoublePrecisionGives(
            int channels, int filters, int height, int width, int kernel, int stride, boolean channelsLast) {
        GradientSums vectors = vectors();
        Scopes.run(() -> {
            Layer layer = Layer.of(channels, filters, height, width, kernel, stride, channelsLast);
            Layer exact = layer.doubled();
            double[] got = Tensors.toDoubles(LayerSums.vectors(vectors, layer.convolution(), layer.gradient()));
            double[] expected = Tensors.toDoubles(LayerSums.oneDnn(exact.convolution(), exact.gradient(), false));
            assertThat(got).hasSize(IMAGES * filters).hasSameSizeAs(expected);
            for (int i = 0; i < got.length; i++) {
                assertThat(Math.abs(got[i] - expected[i]) / expected[i]).isLessThan(1e-5);
            }
        });
    }

    @Test
    void manyImagesGiveWhatOneGives() {
        vectors();
        Scopes.run(() -> {
            Layer layer = Layer.of(32, 4, 8, 8, 3, 1, true);
            Convolution c = layer.convolution();
            Tensor inputs = torch.cat(copies(c.input()), 0);
            Tensor gradients = torch.cat(copies(layer.gradient()), 0);
            Convolution many = new Convolution(
                    c.name(), c.weight(), c.stride(), c.padding(), c.groups(), c.scale(), inputs, gradients);
            double[] few = Tensors.toDoubles(LayerSums.of(c, layer.gradient(), false));
            double[] all = Tensors.toDoubles(LayerSums.of(many, gradients, false));
            for (int i = 0; i < all.length; i++) {
                double expected = few[i % few.length];
                assertThat(Math.abs(all[i] - expected) / expected).isLessThan(1e-5);
            }
        });
    }

    private static TensorVector copies(Tensor tensor) {
        return new TensorVector(tensor, tensor, tensor);
    }
}
