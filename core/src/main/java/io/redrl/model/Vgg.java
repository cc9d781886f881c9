package io.redrl.model;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
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

    private final Features features;
    private final LinearImpl classifier;

    /** @param widths channels of each convolution, {@link #POOL} where the image is halved; weights undefined */
    Vgg(List<Integer> widths, int classes) {
        super("VGG");
        features = part("features", new Features(widths));
        classifier = linear("classifier", features.outputs, classes);
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

    /**
     * Logits.
     *
     * @param x {@code [N,3,H,W]} floating point, normalised; H and W multiples of 32 (8 for the small member)
     * @return {@code [N,K]}, in the caller's scope
     */
    @Override
    public Tensor forward(Tensor x) {
        return classifier.forward(features.forward(x).mean(new long[] {2, 3}));
    }

    /** The convolutional part: layers numbered as in torchvision, where ReLU and pooling count too. */
    private static final class Features extends Network {
        private final List<UnaryOperator<Tensor>> layers = new ArrayList<>();
        private final int outputs;

        Features(List<Integer> widths) {
            super("Sequential");
            int inputs = 3;
            int number = 0;
            for (int width : widths) {
                if (width == POOL) {
                    layers.add(x -> torch.max_pool2d(x, 2, 2));
                    number++;
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
            Tensor y = x;
            for (UnaryOperator<Tensor> layer : layers) {
                y = layer.apply(y);
            }
            return y;
        }
    }
}
