package io.redrl.model;

import io.redrl.tensor.ComputeDevice;
import io.redrl.tensor.Scopes;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Encoder of victim features to one vector, whatever the victims' number and order: the same two layers for every victim, then mean
 * and maximum over the visible ones (Zaheer et al., "Deep Sets", 2017).
 */
final class VictimFeatureEncoder extends Network {
    private static final int HIDDEN = 32;

    /** The length of the vector. */
    static final int OUTPUTS = 2 * HIDDEN;

    private static final double HIDDEN_FROM_VIEW = -1e4;

    private final int own;
    private final LinearImpl fc1;
    private final LinearImpl fc2;

    /** @param own values per victim that depend on it alone */
    VictimFeatureEncoder(int own) {
        super("VictimFeatureEncoder");
        this.own = own;
        fc1 = linear("fc1", own + 2, HIDDEN);
        fc2 = linear("fc2", HIDDEN, HIDDEN);
    }

    /**
     * Encodes.
     *
     * @param features {@code [N,V,own+V]} float32: for each victim what depends on it alone, then how far its prediction leads in
     *     the logits of each victim
     * @param visible {@code [N,V]} float32, 1 where a victim counts, 0 where not; at least one in each row
     * @return {@code [N,64]} float32 with a graph; caller's scope
     */
    Tensor forward(Tensor features, Tensor visible) {
        return Scopes.scoped(() -> {
            long victims = features.size(1);
            Tensor self = features.narrow(2, 0, own); // [N,V,own]
            Tensor leads = features.narrow(2, own, victims); // [N,V,V]
            // Of the others that are visible: one's own lead is among its own values.
            Tensor others = visible.unsqueeze(1)
                    .mul(ComputeDevice.place(torch.eye(victims))
                            .neg()
                            .add(new Scalar(1.0))
                            .unsqueeze(0)); // [N,1→V,V]
            Tensor count = others.sum(2).clamp_min(new Scalar(1.0));
            Tensor mean = leads.mul(others).sum(2).div(count);
            Tensor least = leads.mul(others).amin(new long[] {2}, false);
            return pooled(torch.cat(new TensorVector(self, mean.unsqueeze(2), least.unsqueeze(2)), 2), visible);
        });
    }

    /**
     * Encodes what is known of each victim.
     *
     * @param values {@code [N,V,own+2]} float32: the last two are the mean and the least of its leads in the logits of the others
     * @param visible {@code [N,V]} float32, 1 where a victim counts, 0 where not
     * @return {@code [N,64]} float32 with a graph, 0 where no victim counts; caller's scope
     */
    Tensor pooled(Tensor values, Tensor visible) {
        return Scopes.scoped(() -> {
            Tensor h = torch.relu(fc2.forward(torch.relu(fc1.forward(values)))); // [N,V,HIDDEN]
            Tensor seen = visible.unsqueeze(2);
            Tensor average = h.mul(seen).sum(1).div(seen.sum(1).clamp_min(new Scalar(1.0)));
            Tensor greatest = h.add(seen.neg().add(new Scalar(1.0)).mul(new Scalar(HIDDEN_FROM_VIEW)))
                    .amax(new long[] {1}, false)
                    .clamp_min(new Scalar(0.0));
            return torch.cat(new TensorVector(average, greatest), 1);
        });
    }

    @Override
    public Tensor forward(Tensor x) {
        throw new UnsupportedOperationException("victim features come with what is visible of them");
    }
}
