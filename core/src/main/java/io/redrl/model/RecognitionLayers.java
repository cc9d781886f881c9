package io.redrl.model;

import io.redrl.base.Seed;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/** Initial weights of the reconstructor and the attack classifier. */
final class RecognitionLayers {
    private RecognitionLayers() {}

    /** How one parameter starts. */
    @FunctionalInterface
    interface Start {
        /**
         * The parameter's first values.
         *
         * @param name its name in the network, such as {@code blocks.0.conv1.weight}
         * @param shape its shape
         * @param seed for this parameter alone
         */
        Tensor of(String name, long[] shape, Seed seed);
    }

    /**
     * Overwrites every parameter and lays the weights of convolutions out channels last, which is how they run fastest.
     */
    static void initialise(Module network, Seed seed, Start start) {
        Scopes.valuedNoGrad(() -> {
            Weights.parameters(network).forEach((name, parameter) -> {
                Tensor values = start.of(name, Tensors.shape(parameter), seed.child(name));
                parameter.set_data(values.dim() == 4 ? values.contiguous(MemoryFormat.ChannelsLast) : values);
            });
            return network;
        });
    }

    /** Normal numbers of He et al. (2015) for a layer followed by ReLU: variance 2 / fan-in, times {@code scale²}. */
    static Tensor kaiming(Seed seed, long[] shape, double scale) {
        long fanIn = 1;
        for (int i = 1; i < shape.length; i++) {
            fanIn *= shape[i];
        }
        return Tensors.normal(seed, shape).mul(new Scalar(scale * Math.sqrt(2.0 / fanIn)));
    }
}
