package io.redrl.saliency;

import io.redrl.attack.AttackLosses;
import io.redrl.base.RedrlException;
import io.redrl.image.ImageShape;
import io.redrl.model.Convolution;
import io.redrl.model.NetworkClassifier;
import io.redrl.tensor.ComputeDevice;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.pytorch.LongArrayRefOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Filter saliency of one of the project's networks: a batch goes forward and back once, to the outputs of all convolutions; what a filter's
 * gradient is for one image then follows from that image's input and output gradient of the convolution,
 *
 * <pre>  ∂L/∂w_k = σ_k Σ_p ∂L/∂y_k(p) · a(p + ·)</pre>
 *
 * where y is the folded convolution's output, a its input, and σ_k the factor by which batch norm was folded in. The
 * victim's parameters record nothing.
 */
final class NetworkSaliency extends FilterSaliency {
    /** The convolution's output and its gradient; the output's copy is what the next one takes. */
    private static final int TENSORS_PER_OUTPUT = 2;

    private final NetworkClassifier network;
    private final long bytesPerImage;

    NetworkSaliency(NetworkClassifier network) {
        this(network, Scopes.valuedNoGrad(() -> probe(network)));
    }

    private NetworkSaliency(NetworkClassifier network, Probe probe) {
        super(network, probe.layout());
        this.network = network;
        bytesPerImage = probe.bytes();
    }

    private record Probe(FilterLayout layout, long bytes) {}

    private static Probe probe(NetworkClassifier network) {
        ImageShape input = network.input();
        List<Convolution> convolutions = network.traced(
                        ComputeDevice.place(torch.zeros(1, input.channels(), input.height(), input.width())))
                .convolutions();
        if (convolutions.isEmpty()) {
            throw new RedrlException(
                    "victim " + network.id() + " has no convolutions, so there are no filters to look at");
        }
        long bytes = 0;
        List<FilterLayout.Layer> layers = new ArrayList<>();
        for (Convolution convolution : convolutions) {
            layers.add(new FilterLayout.Layer(
                    convolution.name(), Math.toIntExact(convolution.weight().size(0))));
            bytes += convolution.input().nbytes()
                    + TENSORS_PER_OUTPUT * convolution.output().nbytes();
        }
        return new Probe(new FilterLayout(layers), bytes);
    }

    @Override
    long bytesPerImage() {
        return bytesPerImage;
    }

    @Override
    Tensor saliency(Tensor images, long[] labels, boolean recorded) {
        NetworkClassifier.Trace trace = network.traced(images);
        Tensor loss =
                AttackLosses.crossEntropy(trace.logits(), Tensors.longs(labels)).sum();
        List<Convolution> convolutions = trace.convolutions();
        List<Tensor> gradients = Tensors.gradients(
                loss, convolutions.stream().map(Convolution::output).toList(), recorded);
        TensorVector layers = new TensorVector();
        for (int i = 0; i < convolutions.size(); i++) {
            layers.push_back(
                    recorded
                            ? layer(convolutions.get(i), gradients.get(i), true)
                            : layerInPlace(convolutions.get(i), gradients.get(i)));
        }
        return torch.cat(layers, 1);
    }

    private static Tensor layerInPlace(Convolution convolution, Tensor gradient) {
        return Scopes.scopedNoGrad(() -> layer(convolution, gradient, false));
    }

    /** {@code [N,C']}: the mean absolute gradient of each filter for each image. */
    private static Tensor layer(Convolution convolution, Tensor gradient, boolean recorded) {
        long filterSize = convolution.weight().numel() / convolution.weight().size(0);
        Tensor means = sums(convolution, gradient, recorded).div(new Scalar((double) filterSize));
        return convolution.scale() == null
                ? means
                : means.mul(convolution.scale().abs());
    }

    /** {@code [N,C']}: the sum of absolute weight gradients of each filter, image by image: oneDNN adds up those of a batch. */
    private static Tensor sums(Convolution convolution, Tensor gradient, boolean recorded) {
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
