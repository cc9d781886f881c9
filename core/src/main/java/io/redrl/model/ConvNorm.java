package io.redrl.model;

import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.BatchNorm2dImpl;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * A convolution followed by batch norm; once folded, a single convolution with the norm's scale
 * {@code γ / sqrt(σ² + ε)} in its weights and {@code β + (b − μ) · scale} as its bias (equal up to rounding).
 */
public final class ConvNorm implements AutoCloseable {
    private static final double EPSILON = 1e-5;
    /** Channels that the widest of oneDNN's 1×1 kernels takes at once, see {@link #thinned(Tensor)}. */
    private static final int BLOCK = 16;

    private final Conv2dImpl conv;
    private final BatchNorm2dImpl norm;
    private final long[] padding;
    private final long[] stride;
    private final long groups;
    private final boolean thinned;
    private @Nullable Tensor weight;
    private @Nullable Tensor bias;
    private @Nullable Tensor scale;

    ConvNorm(Conv2dImpl conv, BatchNorm2dImpl norm, long padding, long stride, long groups) {
        this.conv = conv;
        this.norm = norm;
        this.padding = new long[] {padding, padding};
        this.stride = new long[] {stride, stride};
        this.groups = groups;
        thinned = stride > 1
                && Scopes.valued(() -> {
                    long[] shape = Tensors.shape(conv.weight());
                    return shape[1] < BLOCK && shape[2] == 1 && shape[3] == 1;
                });
    }

    /** Runs both, {@code [N,C,H,W]} to {@code [N,C',H',W']}, in the caller's scope. */
    Tensor forward(Tensor x) {
        if (weight == null || bias == null) {
            Tensor plain = thinned ? thinned(x) : conv.forward(x);
            return norm.forward(ConvolutionTape.passed(conv, null, x, plain));
        }
        Tensor y = torch.conv2d(x, weight, new TensorOptional(bias), stride, padding, new long[] {1, 1}, groups);
        return ConvolutionTape.passed(conv, scale, x, y);
    }

    /**
     * The convolution without its stride, on the pixels that the stride would have left: the same sums. With a stride, oneDNN's gradient
     * of the weights of a 1×1 convolution writes past its workspace where images lie channels last, have fewer channels than it takes at
     * once (16 with AVX-512, 8 with AVX2) and are too large for one go, as 64×64 are: heap corrupted, process dead
     * (https://github.com/uxlfoundation/oneDNN/issues/6035). To be dropped once LibTorch comes with a oneDNN that has this mended.
     */
    private Tensor thinned(Tensor x) {
        Tensor own = conv.bias();
        return torch.conv2d(
                Network.everyNth(x, stride[0]),
                conv.weight(),
                own.defined() ? new TensorOptional(own) : new TensorOptional(),
                new long[] {1, 1},
                padding,
                new long[] {1, 1},
                groups);
    }

    /** Forward, then ReLU in place. */
    Tensor forwardRelu(Tensor x) {
        return Network.relu(forward(x));
    }

    void fold() {
        close();
        Tensor[] folded = Scopes.valuedNoGrad(() -> {
            Tensor factor = norm.weight()
                    .div(norm.running_var().add(new Scalar(EPSILON)).sqrt());
            Tensor own =
                    conv.bias().defined() ? conv.bias() : norm.running_mean().mul(new Scalar(0.0));
            Tensor w = conv.weight().mul(factor.reshape(-1, 1, 1, 1)).contiguous(MemoryFormat.ChannelsLast);
            Tensor b = norm.bias().add(own.sub(norm.running_mean()).mul(factor));
            return new Tensor[] {Scopes.owned(w), Scopes.owned(b), Scopes.owned(factor)};
        });
        weight = folded[0];
        bias = folded[1];
        scale = folded[2];
    }

    /** Rounds the folded weights to bfloat16. */
    void halve() {
        weight = halved(weight);
        bias = halved(bias);
    }

    private static @Nullable Tensor halved(@Nullable Tensor tensor) {
        if (tensor == null) {
            return null;
        }
        Tensor half = Scopes.valuedNoGrad(() -> Scopes.owned(tensor.to(ScalarType.BFloat16)));
        tensor.close();
        return half;
    }

    @Override
    public void close() {
        if (weight != null && bias != null && scale != null) {
            weight.close();
            bias.close();
            scale.close();
            weight = null;
            bias = null;
            scale = null;
        }
    }
}
