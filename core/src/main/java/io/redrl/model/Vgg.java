package io.redrl.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * VGG with batch norm (Simonyan and Zisserman, 2015, "Very Deep Convolutional Networks for Large-Scale Image
 * Recognition"), in the form usual for small images: global average pooling and a single linear layer instead of three.
 * The convolutional part has torchvision's names ({@code features.0.weight}, …).
 */
public final class Vgg extends Network {
    /** A 2×2 maximum pooling in a list of widths. */
    private static final int POOL = 0;

    private static final List<Integer> VGG16 =
            List.of(64, 64, POOL, 128, 128, POOL, 256, 256, 256, POOL, 512, 512, 512, POOL, 512, 512, 512, POOL);
    private static final List<Integer> VGG19 = List.of(
            64, 64, POOL, 128, 128, POOL, 256, 256, 256, 256, POOL, 512, 512, 512, 512, POOL, 512, 512, 512, 512, POOL);
    private static final List<Integer> VGG8 = List.of(16, 16, POOL, 48, 48, POOL, 96, 96, POOL);
    private static final List<Integer> VGG9 = List.of(8, POOL, 16, 16, POOL, 48, 48, POOL, 96, 96, POOL);

    private final Features features;
    private final UnaryOperator<Tensor> classifier;

    /** @param widths channels of each convolution, {@link #POOL} where the image is halved; weights undefined */
    Vgg(List<Integer> widths, int classes) {
        super("VGG");
        features = part("features", new Features(widths, true));
        LinearImpl last = linear("classifier", features.outputs, classes);
        classifier = x -> last.forward(x.mean(new long[] {2, 3}));
    }

    private Vgg(List<Integer> widths, boolean norms, int classes) {
        super("VGG");
        features = part("features", new Features(widths, norms));
        Classifier last = part("classifier", new Classifier(features.outputs, classes));
        classifier = last::forward;
    }

    /**
     * A torchvision network: pooled to 7×7, then three linear layers; weights undefined.
     *
     * @param layers 11, 13, 16 or 19
     * @param norms whether batch norm follows each convolution
     */
    static Vgg torchvision(int layers, boolean norms, int classes) {
        List<Integer> widths =
                switch (layers) {
                    case 11 -> List.of(64, POOL, 128, POOL, 256, 256, POOL, 512, 512, POOL, 512, 512, POOL);
                    case 13 -> List.of(64, 64, POOL, 128, 128, POOL, 256, 256, POOL, 512, 512, POOL, 512, 512, POOL);
                    case 16 -> VGG16;
                    default -> VGG19;
                };
        return new Vgg(widths, norms, classes);
    }

    /** VGG-19 with batch norm; weights undefined. */
    public static Vgg vgg19(int classes) {
        return new Vgg(VGG19, classes);
    }

    /** VGG-16 with batch norm; weights undefined. */
    public static Vgg vgg16(int classes) {
        return new Vgg(VGG16, classes);
    }

    /** VGG-16 with batch norm and a quarter of the channels everywhere; weights undefined. */
    public static Vgg vgg16Quarter(int classes) {
        return new Vgg(VGG16.stream().map(width -> width / 4).toList(), classes);
    }

    /** Six convolutions of 16 to 96 channels and a linear layer: the cheapest victim on a CPU; weights undefined. */
    public static Vgg vgg8(int classes) {
        return new Vgg(VGG8, classes);
    }

    /** {@link #vgg8} behind a convolution of 8 channels and a pooling, for images of 64 pixels; weights undefined. */
    static Vgg vgg9(int classes) {
        return new Vgg(VGG9, classes);
    }

    /**
     * Logits.
     *
     * @param x {@code [N,3,H,W]} floating point, normalised; H and W multiples of 32 (8 for the small member)
     * @return {@code [N,K]}, in the caller's scope
     */
    @Override
    public Tensor forward(Tensor x) {
        return classifier.apply(features.forward(x));
    }

    /** Three linear layers, named as in torchvision, where ReLU and dropout count too. */
    private static final class Classifier extends Network {
        private static final int SIDE = 7;
        private static final int WIDTH = 4096;

        private final LinearImpl first;
        private final LinearImpl second;
        private final LinearImpl third;

        Classifier(int channels, int classes) {
            super("Sequential");
            first = linear("0", channels * SIDE * SIDE, WIDTH);
            second = linear("3", WIDTH, WIDTH);
            third = linear("6", WIDTH, classes);
        }

        @Override
        public Tensor forward(Tensor x) {
            Tensor pooled =
                    torch.adaptive_avg_pool2d(x, new long[] {SIDE, SIDE}).flatten(1, -1);
            return third.forward(relu(second.forward(relu(first.forward(pooled)))));
        }
    }

    /** The convolutional part: layers numbered as in torchvision, where ReLU and pooling count too. */
    private static final class Features extends Network {
        private final List<UnaryOperator<Tensor>> layers = new ArrayList<>();
        private final int outputs;

        Features(List<Integer> widths, boolean norms) {
            super("Sequential");
            int inputs = 3;
            int number = 0;
            for (int width : widths) {
                if (width == POOL) {
                    layers.add(x -> torch.max_pool2d(x, 2, 2));
                    number++;
                } else if (!norms) {
                    Conv2dImpl conv = convolution(Integer.toString(number), inputs, width, 3, 1, 1, true);
                    layers.add(x -> relu(run(conv, x)));
                    number += 2;
                    inputs = width;
                } else {
                    String conv = Integer.toString(number);
                    String norm = Integer.toString(number + 1);
                    layers.add(convNorm(conv, norm, inputs, width, 3, 1, 1, true)::forwardRelu);
                    number += 3;
                    inputs = width;
                }
            }
            outputs = inputs;
        }

        @Override
        public Tensor forward(Tensor x) {
            return inTurn(x, layers);
        }
    }
}
