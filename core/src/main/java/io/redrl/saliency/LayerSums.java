package io.redrl.saliency;

import io.redrl.model.Convolution;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.LongArrayRefOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/** One convolution's sums of absolute weight gradients, image by image, in one of two ways that differ in rounding only. */
final class LayerSums {
    /** For fewer images the time until {@link GradientSums} is compiled would cost more than it saves. */
    private static final int IMAGES_WORTHWHILE = 8;

    /** On larger images oneDNN is as fast or faster: its sums are long, and its results small. */
    private static final long POSITIONS_WORTHWHILE = 256;

    private static final @Nullable GradientSums FAST = GradientSums.find();

    private LayerSums() {}

    /**
     * The sums for all images, with a graph back if asked for.
     *
     * @param gradient of the convolution's output {@code [N,C',H',W']}
     * @return {@code [N,C']}, in the caller's scope
     */
    static Tensor of(Convolution convolution, Tensor gradient, boolean recorded) {
        if (!recorded
                && FAST != null
                && gradient.size(0) >= IMAGES_WORTHWHILE
                && gradient.size(2) * gradient.size(3) <= POSITIONS_WORTHWHILE
                && suits(FAST, convolution)) {
            return vectors(FAST, convolution, gradient);
        }
        return oneDnn(convolution, gradient, recorded);
    }

    private static boolean suits(GradientSums fast, Convolution convolution) {
        Tensor weight = convolution.weight();
        return weight.scalar_type().intern() == ScalarType.Float
                && weight.is_cpu()
                && convolution.groups() == 1
                && weight.size(0) % fast.filters() == 0
                && weight.size(1) % fast.channels() == 0;
    }

    /** By {@link GradientSums}: no gradient is ever in memory. */
    static Tensor vectors(GradientSums fast, Convolution convolution, Tensor gradient) {
        Tensor inputs = convolution.input().contiguous(MemoryFormat.ChannelsLast);
        Tensor gradients = gradient.contiguous(MemoryFormat.ChannelsLast);
        int images = Math.toIntExact(gradient.size(0));
        int height = Math.toIntExact(inputs.size(2));
        int row = Math.toIntExact(inputs.size(3) * inputs.size(1));
        int padding = Math.toIntExact(convolution.padding());
        GradientSums.Shape shape = new GradientSums.Shape(
                Math.toIntExact(inputs.size(1)),
                Math.toIntExact(gradient.size(1)),
                Math.toIntExact(convolution.weight().size(2)),
                Math.toIntExact(convolution.stride()),
                Math.toIntExact(inputs.size(3)) + 2 * padding,
                Math.toIntExact(gradient.size(2)),
                Math.toIntExact(gradient.size(3)));
        int paddedRow = shape.paddedWidth() * shape.channels();
        float[] input = new float[(height + 2 * padding) * paddedRow]; // its border stays zero
        float[] plain = new float[shape.height() * shape.width() * shape.filters()];
        float[] packed = new float[plain.length];
        float[] sums = new float[shape.filters()];
        float[] all = new float[images * shape.filters()];
        FloatPointer fromInputs = inputs.data_ptr_float();
        FloatPointer fromGradients = gradients.data_ptr_float();
        for (int i = 0; i < images; i++) {
            for (int y = 0; y < height; y++) {
                fromInputs
                        .position((long) (i * height + y) * row)
                        .get(input, (y + padding) * paddedRow + padding * shape.channels(), row);
            }
            fromGradients.position((long) i * plain.length).get(plain);
            pack(plain, shape.filters(), fast.filters(), packed);
            fast.of(shape, input, packed, sums);
            System.arraycopy(sums, 0, all, i * sums.length, sums.length);
        }
        return Tensors.floats(all, images, shape.filters());
    }

    /** {@code [P,K]} to {@code [K/group,P,group]}. */
    private static void pack(float[] plain, int filters, int group, float[] packed) {
        int positions = plain.length / filters;
        for (int k = 0; k < filters; k += group) {
            for (int p = 0; p < positions; p++) {
                for (int j = 0; j < group; j++) {
                    packed[k * positions + p * group + j] = plain[p * filters + k + j];
                }
            }
        }
    }

    /** By LibTorch: any convolution, any precision, and a graph. */
    static Tensor oneDnn(Convolution convolution, Tensor gradient, boolean recorded) {
        TensorVector rows = new TensorVector();
        for (long i = 0; i < gradient.size(0); i++) {
            Tensor output = gradient.narrow(0, i, 1);
            Tensor input = convolution.input().narrow(0, i, 1);
            rows.push_back(
                    recorded
                            ? weights(convolution, output, input).abs().sum(1, 2, 3)
                            : Scopes.scoped(() ->
                                    weights(convolution, output, input).abs_().sum(1, 2, 3)));
        }
        return torch.stack(rows);
    }

    /** One image's gradient of the filters, like the weights. */
    private static Tensor weights(Convolution convolution, Tensor gradient, Tensor input) {
        long[] both = {convolution.stride(), convolution.stride()};
        long[] padding = {convolution.padding(), convolution.padding()};
        BoolPointer onlyWeights = new BoolPointer(3);
        onlyWeights.put(0, false).put(1, true).put(2, false);
        return new Tensor(torch.convolution_backward(
                        gradient,
                        input,
                        convolution.weight(),
                        new LongArrayRefOptional(),
                        both,
                        padding,
                        new long[] {1, 1},
                        false,
                        new long[] {0, 0},
                        convolution.groups(),
                        onlyWeights)
                .get1());
    }
}
