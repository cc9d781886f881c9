package io.redrl.bench;

import io.redrl.image.ImageShape;
import io.redrl.tensor.Scopes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.bytedeco.pytorch.Edge;
import org.bytedeco.pytorch.Node;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Floating-point operations of convolutions: what a network needs, and what this machine reaches at best. */
final class Flops {
    private static final int CHANNELS = 256;
    private static final int SIZE = 32;
    private static final int BATCH = 16;
    private static final int PEAK_REPEATS = 12;
    private static final long OPERATIONS = 2L * BATCH * SIZE * SIZE * CHANNELS * CHANNELS * 9;

    private Flops() {}

    /**
     * Operations (a multiplication and an addition are two) of all convolutions in a forward pass of one image, read off
     * the recorded graph; 0 if it shows none, as may be with TorchScript. The gradient to the input takes as many again.
     */
    static long forward(PlainModel model, ImageShape shape) {
        return Scopes.valued(() -> {
            Tensor image = torch.full(new long[] {1, shape.channels(), shape.height(), shape.width()}, new Scalar(0.5))
                    .requires_grad_(true);
            Tensor logits = model.logits(image);
            long total = 0;
            Set<Long> seen = new HashSet<>();
            Deque<Node> open = new ArrayDeque<>();
            open.push(logits.grad_fn());
            while (!open.isEmpty()) {
                Node node = open.pop();
                if (!seen.add(node.address())) {
                    continue;
                }
                if (node.name().getString().startsWith("Convolution")) {
                    total += convolution(node);
                }
                for (long i = 0; i < node.next_edges().size(); i++) {
                    Edge edge = node.next_edge(i);
                    if (edge.is_valid()) {
                        open.push(edge.function());
                    }
                }
            }
            return total;
        });
    }

    /** What flows into a backward node has the shape of the forward output; its second edge leads to the weights. */
    private static long convolution(Node node) {
        Edge toWeights = node.next_edge(1);
        if (!toWeights.is_valid()) {
            return 0;
        }
        long outputs = node.input_metadata(0).zeros_like().numel();
        Tensor weights =
                toWeights.function().input_metadata(toWeights.input_nr()).zeros_like();
        return 2 * outputs * (weights.numel() / weights.size(0));
    }

    /**
     * The most GFLOP/s that this machine reaches in one 3×3 convolution forward, 256 to 256 channels of 32×32, 16 images,
     * channels-last, with LibTorch's threads: the best of several tries.
     */
    static double peak(ScalarType type) {
        return Scopes.valuedNoGrad(() -> {
            Tensor[] operands = operands(type);
            double best = 0;
            for (int i = 0; i < PEAK_REPEATS; i++) {
                long start = System.nanoTime();
                convolve(operands);
                best = Math.max(best, (double) OPERATIONS / (System.nanoTime() - start));
            }
            return best;
        });
    }

    /**
     * What one core reaches in it: operations by the CPU time of all threads, over all tries, because that clock is coarse.
     * Other processes change it less than {@link #peak}.
     *
     * @param cpuTime of this process, in nanoseconds
     */
    static double peakOfACore(ScalarType type, LongSupplier cpuTime) {
        return Scopes.valuedNoGrad(() -> {
            Tensor[] operands = operands(type);
            convolve(operands);
            long start = cpuTime.getAsLong();
            for (int i = 0; i < PEAK_REPEATS; i++) {
                convolve(operands);
            }
            return (double) PEAK_REPEATS * OPERATIONS / (cpuTime.getAsLong() - start);
        });
    }

    private static Tensor[] operands(ScalarType type) {
        return new Tensor[] {
            torch.torch_randn(new long[] {BATCH, CHANNELS, SIZE, SIZE}, new TensorOptions(type))
                    .contiguous(MemoryFormat.ChannelsLast),
            torch.torch_randn(new long[] {CHANNELS, CHANNELS, 3, 3}, new TensorOptions(type))
                    .contiguous(MemoryFormat.ChannelsLast)
        };
    }

    private static void convolve(Tensor[] operands) {
        long[] one = {1, 1};
        Scopes.run(() -> torch.conv2d(operands[0], operands[1], new TensorOptional(), one, one, one, 1));
    }
}
