package io.redrl.model;

import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.tensor.ComputeDevice;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.Map;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * A network's initial weights, drawn from a seed, each parameter from the child of its name: two networks of one
 * architecture from one seed are bit-equal, whatever else the process drew.
 *
 * <ul>
 *   <li>Convolutions: normal with deviation {@code sqrt(2 / fan_out)}, {@code fan_out = outputs · kernel area} (He et
 *       al., 2015, "Delving Deep into Rectifiers", backward form, as in torchvision's ResNets); biases 0.
 *   <li>Batch norm: weight 1, bias 0, running mean 0, running variance 1.
 *   <li>Linear layers: uniform in {@code ±1/sqrt(fan_in)}, weight and bias (PyTorch's default).
 * </ul>
 */
public final class Initialisation {
    private Initialisation() {}

    /** Draws every parameter anew and resets every buffer. */
    public static void draw(Module network, Seed seed) {
        Scopes.valuedNoGrad(() -> {
            Map<String, Tensor> parameters = Weights.parameters(network);
            parameters.forEach((name, tensor) -> tensor.copy_(initial(name, tensor, parameters, seed.child(name))));
            Weights.buffers(network)
                    .forEach((name, tensor) -> tensor.fill_(new Scalar(name.endsWith("running_var") ? 1.0 : 0.0)));
            ComputeDevice.place(network);
            return network;
        });
    }

    private static Tensor initial(String name, Tensor tensor, Map<String, Tensor> parameters, Seed seed) {
        long[] shape = Tensors.shape(tensor);
        if (name.endsWith("weight")) {
            return switch (shape.length) {
                case 4 ->
                    Tensors.normal(seed, shape).mul_(new Scalar(Math.sqrt(2.0 / (shape[0] * shape[2] * shape[3]))));
                case 2 -> uniform(seed, shape, shape[1]);
                case 1 -> tensor.new_ones(shape);
                default -> throw unknown(name);
            };
        }
        if (name.endsWith("bias")) {
            Tensor weight = parameters.get(name.substring(0, name.length() - "bias".length()) + "weight");
            long[] weightShape = weight == null ? new long[0] : Tensors.shape(weight);
            return weightShape.length == 2 ? uniform(seed, shape, weightShape[1]) : tensor.new_zeros(shape);
        }
        throw unknown(name);
    }

    private static Tensor uniform(Seed seed, long[] shape, long fanIn) {
        double bound = 1 / Math.sqrt((double) fanIn);
        return Tensors.uniform(seed, shape).mul_(new Scalar(2 * bound)).sub_(new Scalar(bound));
    }

    private static RedrlException unknown(String name) {
        return new RedrlException("no initialisation is known for parameter " + name);
    }
}
