package io.redrl.bench;

import io.redrl.model.ModelCard;
import io.redrl.model.Network;
import io.redrl.model.Weights;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.named_parameter_iterator;
import org.bytedeco.pytorch.named_parameter_list;

/**
 * Network as one has it after loading, run layer by layer: evaluation mode, float32, NCHW, batch norm not folded; its parameters
 * record no gradients, as a careful user would have it, so that {@code loss.backward()} computes those of the image alone. A TorchScript
 * file is run as {@code torch.jit.load} gives it.
 */
final class PlainNetwork implements AutoCloseable {
    private final UnaryOperator<Tensor> logits;
    private final Supplier<List<Tensor>> filters;
    private final List<Pointer> owned;

    private PlainNetwork(UnaryOperator<Tensor> logits, Supplier<List<Tensor>> filters, List<Pointer> owned) {
        this.logits = logits;
        this.filters = filters;
        this.owned = owned;
    }

    /** Takes over {@code network}. */
    static PlainNetwork of(Network network, ModelCard card) {
        network.eval();
        network.freeze();
        Tensor mean = channels(card.mean());
        Tensor std = channels(card.std());
        return new PlainNetwork(
                images -> network.forward(images.sub(mean).div(std)),
                () -> Weights.parameters(network).values().stream()
                        .filter(parameter -> parameter.dim() == 4)
                        .toList(),
                List.of(network, mean, std));
    }

    /** Opens a TorchScript file that takes images and gives logits. */
    static PlainNetwork of(Path script) {
        JitModule module =
                Scopes.valued(() -> Scopes.owned(torch.load(script.toString(), new DeviceOptional(), false)));
        module.eval();
        Scopes.run(() -> {
            named_parameter_list parameters = module.named_parameters();
            named_parameter_iterator end = parameters.end();
            for (named_parameter_iterator at = parameters.begin(); at.notEquals(end); at.increment()) {
                at.multiply().value().requires_grad_(false);
            }
        });
        return new PlainNetwork(
                images -> {
                    torch.setGraphExecutorOptimize(
                            true); // as usual; our own classifiers set it otherwise for the thread
                    return new Tensor(
                            module.forward(new IValueVector(new IValue(images))).toTensor());
                },
                List::of,
                List.of(module));
    }

    private static Tensor channels(List<Double> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i).floatValue();
        }
        return Scopes.owned(Tensors.floats(floats, 1, floats.length, 1, 1));
    }

    /** Logits {@code [N,K]} of pixels {@code [N,C,H,W]} in [0, 1]; joins the caller's scope. */
    Tensor logits(Tensor images) {
        return Scopes.scoped(() -> logits.apply(images));
    }

    /** The most likely class of each image. */
    long[] predict(Tensor images) {
        return Scopes.valuedNoGrad(() -> Tensors.argmax(logits(images)));
    }

    /** The weights of the convolutions, handles in the caller's scope. */
    List<Tensor> filters() {
        return filters.get();
    }

    @Override
    public void close() {
        owned.forEach(Pointer::close);
    }
}
