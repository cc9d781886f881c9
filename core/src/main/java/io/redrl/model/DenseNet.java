package io.redrl.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.BatchNorm2dImpl;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * DenseNet-BC (Huang et al., 2017, "Densely Connected Convolutional Networks") in the form usual for small images: a 3×3
 * stem at stride 1 without norm or pooling after it, bottlenecks of {@code 4 · growth} channels, transitions that halve
 * channels and image. Layers are named as in torchvision ({@code features.denseblock1.denselayer1.norm1}, …).
 */
public final class DenseNet extends Network {
    private final Features features;
    private final LinearImpl classifier;

    DenseNet(List<Integer> blocks, int growth, int classes) {
        this(blocks, growth, classes, false);
    }

    /** @param large whether the stem is that for photographs: 7×7 at stride 2, norm, and 3×3 maximum pooling at stride 2 */
    DenseNet(List<Integer> blocks, int growth, int classes, boolean large) {
        this(blocks, growth, classes, large, large);
    }

    private DenseNet(List<Integer> blocks, int growth, int classes, boolean halving, boolean pooling) {
        super("DenseNet");
        features = part("features", new Features(blocks, growth, halving, pooling));
        classifier = linear("classifier", features.outputs, classes);
    }

    /** DenseNet-121: growth 32, blocks of 6, 12, 24 and 16 layers; weights undefined. */
    public static DenseNet densenet121(int classes) {
        return new DenseNet(List.of(6, 12, 24, 16), 32, classes);
    }

    /**
     * DenseNet-BC-32 with growth 12: blocks of 2, 4 and 8 layers. Like DenseNet-121 it has most layers where the image is
     * small, which makes it twice as fast as the evenly divided DenseNet-BC-40; weights undefined.
     */
    public static DenseNet densenet32(int classes) {
        return new DenseNet(List.of(2, 4, 8), 12, classes);
    }

    /** The same behind a stem of 7×7 at stride 2 with a norm: at 64×64 it costs what the other costs at 32×32; weights undefined. */
    static DenseNet densenet32Halving(int classes) {
        return new DenseNet(List.of(2, 4, 8), 12, classes, true, false);
    }

    /**
     * Logits.
     *
     * @param x {@code [N,3,H,W]} floating point, normalised; H and W multiples of 8
     * @return {@code [N,K]}, in the caller's scope
     */
    @Override
    public Tensor forward(Tensor x) {
        return classifier.forward(features.forward(x).mean(new long[] {2, 3}));
    }

    private static final class Features extends Network {
        private final List<UnaryOperator<Tensor>> parts = new ArrayList<>();
        private final BatchNorm2dImpl last;
        private final int outputs;

        Features(List<Integer> blocks, int growth, boolean halving, boolean pooling) {
            super("Sequential");
            int channels = 2 * growth;
            if (halving) {
                ConvNorm first = convNorm("conv0", "norm0", 3, channels, 7, 2, 1, false);
                parts.add(first::forwardRelu);
                if (pooling) {
                    parts.add(ResNet::pooled);
                }
            } else {
                Conv2dImpl first = convolution("conv0", 3, channels, 3, 1, 1, false);
                parts.add(x -> run(first, x));
            }
            for (int i = 1; i <= blocks.size(); i++) {
                int layers = blocks.get(i - 1);
                parts.add(part("denseblock" + i, new Block(layers, channels, growth))::forward);
                channels += layers * growth;
                if (i < blocks.size()) {
                    parts.add(part("transition" + i, new Transition(channels))::forward);
                    channels /= 2;
                }
            }
            last = norm("norm" + (blocks.size() + 1), channels);
            outputs = channels;
        }

        @Override
        public Tensor forward(Tensor x) {
            return relu(last.forward(inTurn(x, parts)));
        }
    }

    /** Layers, each of which sees what all before it gave. */
    private static final class Block extends Network {
        private final List<UnaryOperator<Tensor>> layers = new ArrayList<>();

        Block(int count, int inputs, int growth) {
            super("DenseBlock");
            for (int i = 0; i < count; i++) {
                Layer layer = part("denselayer" + (i + 1), new Layer(inputs + i * growth, growth));
                layers.add(x -> torch.cat(new TensorVector(x, layer.forward(x)), 1));
            }
        }

        @Override
        public Tensor forward(Tensor x) {
            return inTurn(x, layers);
        }
    }

    /** Norm, ReLU, 1×1 to {@code 4 · growth}, norm, ReLU, 3×3 to {@code growth}. */
    private static final class Layer extends Network {
        private final BatchNorm2dImpl norm1;
        private final ConvNorm narrow;
        private final Conv2dImpl conv2;

        Layer(int inputs, int growth) {
            super("DenseLayer");
            norm1 = norm("norm1", inputs);
            narrow = convNorm("conv1", "norm2", inputs, 4 * growth, 1, 1, 1, false);
            conv2 = convolution("conv2", 4 * growth, growth, 3, 1, 1, false);
        }

        @Override
        public Tensor forward(Tensor x) {
            return run(conv2, narrow.forwardRelu(relu(norm1.forward(x))));
        }
    }

    /** Norm, ReLU, 1×1 to half the channels, 2×2 average pooling. */
    private static final class Transition extends Network {
        private final BatchNorm2dImpl norm;
        private final Conv2dImpl conv;

        Transition(int inputs) {
            super("Transition");
            norm = norm("norm", inputs);
            conv = convolution("conv", inputs, inputs / 2, 1, 1, 1, false);
        }

        @Override
        public Tensor forward(Tensor x) {
            return torch.avg_pool2d(run(conv, relu(norm.forward(x))), 2, 2);
        }
    }
}
