package io.redrl.bench;

import io.redrl.model.ModelCard;
import io.redrl.model.Network;
import io.redrl.model.Weights;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** One of the project's architectures, run layer by layer. */
final class PlainNetwork implements PlainModel {
    private final Network network;
    private final Tensor mean;
    private final Tensor std;

    /** Takes over {@code network}. */
    PlainNetwork(Network network, ModelCard card) {
        this.network = network;
        network.eval();
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

    @Override
    public Tensor logits(Tensor images) {
        return Scopes.scoped(() -> network.forward(images.sub(mean).div(std)));
    }

    @Override
    public void zeroGrad() {
        network.zero_grad(true);
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
