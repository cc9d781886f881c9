package io.redrl.bench;

import io.redrl.model.ModelCard;
import io.redrl.model.Network;
import io.redrl.model.Weights;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Network as one has it after loading, run layer by layer: evaluation mode, float32, NCHW, batch norm not folded; its parameters
 * record no gradients, as a careful user would have it, so that {@code loss.backward()} computes those of the image alone.
 */
final class PlainNetwork implements AutoCloseable {
    private final Network network;
    private final Tensor mean;
    private final Tensor std;

    /** Takes over {@code network}. */
    PlainNetwork(Network network, ModelCard card) {
        this.network = network;
        network.eval();
        network.freeze();
        mean = channels(card.mean());
        std = channels(card.std());
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
        return Scopes.scoped(() -> network.forward(images.sub(mean).div(std)));
    }

    /** The most likely class of each image. */
    long[] predict(Tensor images) {
        return Scopes.valuedNoGrad(() -> Tensors.argmax(logits(images)));
    }

    /** The weights of the convolutions, handles in the caller's scope. */
    List<Tensor> filters() {
        return Weights.parameters(network).values().stream()
                .filter(parameter -> parameter.dim() == 4)
                .toList();
    }

    @Override
    public void close() {
        network.close();
        mean.close();
        std.close();
    }
}
