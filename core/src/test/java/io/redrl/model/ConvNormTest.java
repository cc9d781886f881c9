package io.redrl.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.Seed;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.Objects;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvNormTest {
    private static final int IMAGES = 12;
    private static final int OUTPUTS = 16;
    private static final double EPSILON = 1e-5;

    /** A 1×1 convolution with stride 2, as in shortcuts of ResNets. */
    private static final class Shortcut extends Network {
        private final ConvNorm unit;

        Shortcut(int inputs, boolean bias) {
            super("Shortcut");
            unit = convNorm("conv", "bn", inputs, OUTPUTS, 1, 2, 1, bias);
            Initialisation.draw(this, new Seed(inputs));
            eval(); // batch norm only divides by sqrt(1 + ε), and adds nothing
        }

        @Override
        public Tensor forward(Tensor x) {
            return unit.forward(x);
        }
    }

    /** oneDNN's own gradient killed the process for fewer than 16 channels at 64×64. */
    @ParameterizedTest
    @CsvSource({
        "3, 64, true",
        "6, 64, false",
        "8, 64, false",
        "12, 64, true",
        "15, 128, false",
        "16, 64, true",
        "6, 33, true"
    })
    void narrowStridedConvolutionsOfLargeImagesAreAsInDoublePrecision(int inputs, int side, boolean bias) {
        try (Shortcut network = new Shortcut(inputs, bias)) {
            for (int i = 0; i < 3; i++) {
                Seed seed = new Seed(i);
                Scopes.run(() -> {
                    Tensor x = Tensors.normal(seed, IMAGES, inputs, side, side)
                            .contiguous(MemoryFormat.ChannelsLast)
                            .requires_grad_(true);
                    Tensor weight = parameter(network, "conv.weight");
                    Tensor exactWeight = weight.detach().to(ScalarType.Double).requires_grad_(true);
                    Tensor exactX =
                            x.detach().to(ScalarType.Double).contiguous().requires_grad_(true);
                    TensorOptional exactBias = bias
                            ? new TensorOptional(
                                    parameter(network, "conv.bias").detach().to(ScalarType.Double))
                            : new TensorOptional();
                    Tensor y = network.forward(x);
                    Tensor exact = torch.conv2d(
                                    exactX,
                                    exactWeight,
                                    exactBias,
                                    new long[] {2, 2},
                                    new long[] {0, 0},
                                    new long[] {1, 1},
                                    1)
                            .div(new Scalar(Math.sqrt(1 + EPSILON)));
                    same(y, exact);
                    Tensor factors = Tensors.normal(seed.child("factors"), Tensors.shape(y));
                    Tensor loss = y.mul(factors).sum();
                    Tensor exactLoss = exact.mul(factors.to(ScalarType.Double)).sum();
                    same(Tensors.gradient(loss, weight, true), Tensors.gradient(exactLoss, exactWeight, true));
                    same(Tensors.gradient(loss, x), Tensors.gradient(exactLoss, exactX));
                });
            }
        }
    }

    private static Tensor parameter(Network network, String name) {
        return Objects.requireNonNull(Weights.parameters(network).get(name));
    }

    private static void same(Tensor single, Tensor exact) {
        assertThat(Tensors.shape(single)).isEqualTo(Tensors.shape(exact));
        double off = single.to(ScalarType.Double).sub(exact).norm().item_double();
        assertThat(off / exact.norm().item_double()).isEqualTo(0, within(1e-5));
    }
}
