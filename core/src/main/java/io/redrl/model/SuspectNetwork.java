package io.redrl.model;

import io.redrl.base.Seed;
import io.redrl.tensor.Scopes;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A small network that reads another one's embedding of an image and what suspected victims make of that image, and says by how much the
 * other one's outputs are to be corrected. Nothing at first: its last layer begins at zero. How many suspects there are, and in which
 * order, makes no difference.
 */
public final class SuspectNetwork extends Network {
    private static final int HIDDEN = 64;

    private final int embedding;
    private final VictimFeatureEncoder encoder;
    private final LinearImpl fc1;
    private final LinearImpl fc2;

    /**
     * Fresh weights.
     *
     * @param own values of a suspect that depend on it alone; two that compare it with the others follow them
     * @param embedding length of the embedding
     * @param outputs how many are corrected
     */
    public SuspectNetwork(int own, int embedding, int outputs, Seed seed) {
        super("SuspectNetwork");
        this.embedding = embedding;
        encoder = part("encoder", new VictimFeatureEncoder(own));
        fc1 = linear("fc1", embedding + VictimFeatureEncoder.OUTPUTS, HIDDEN);
        fc2 = linear("fc2", HIDDEN, outputs);
        Initialisation.draw(this, seed);
        Scopes.valuedNoGrad(() -> {
            fc2.weight().zero_();
            fc2.bias().zero_();
            return this;
        });
    }

    /**
     * The corrections.
     *
     * @param embeddings {@code [N,E]} float32
     * @param values {@code [N,S,own+2]} float32
     * @param visible {@code [N,S]} float32, 1 where a suspect counts, 0 where not
     * @return {@code [N,outputs]} float32 with a graph, 0 where no suspect counts; caller's scope
     */
    public Tensor corrections(Tensor embeddings, Tensor values, Tensor visible) {
        return Scopes.scoped(() -> {
            Tensor image = torch.layer_norm(
                    embeddings, new long[] {embedding}, new TensorOptional(), new TensorOptional(), 1e-5, false);
            Tensor h = torch.cat(new TensorVector(image, encoder.pooled(values, visible)), 1);
            Tensor any = visible.amax(new long[] {1}, true).gt(new Scalar(0.0));
            return fc2.forward(torch.relu(fc1.forward(h))).mul(any);
        });
    }

    @Override
    public Tensor forward(Tensor x) {
        throw new UnsupportedOperationException("a suspect network takes embeddings and what suspects say");
    }
}
