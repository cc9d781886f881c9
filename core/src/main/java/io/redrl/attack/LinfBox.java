package io.redrl.attack;

import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * What an L∞ attack may reach: for every value an interval, the ε-ball's cut with [0, 1]. Made once per batch, after
 * which projection (Π) is a single clamp. Where the interval is one point the value cannot move: that is how a patch
 * stays a patch.
 *
 * @param low {@code [N,C,H,W]} lower ends
 * @param high {@code [N,C,H,W]} upper ends
 */
record LinfBox(Tensor low, Tensor high) {
    /** The ball of radius {@code epsilon} around {@code images}, cut with [0, 1]; tensors join the caller's scope. */
    static LinfBox around(Tensor images, double epsilon) {
        return new LinfBox(
                Scopes.scoped(() -> images.sub(new Scalar(epsilon)).clamp_(Tensors.scalar(0), Tensors.scalar(1))),
                Scopes.scoped(() -> images.add(new Scalar(epsilon)).clamp_(Tensors.scalar(0), Tensors.scalar(1))));
    }

    /** The same box where {@code mask} ({@code [N,1,H,W]} bool) is set, and the image itself elsewhere. */
    LinfBox within(Tensor mask, Tensor images) {
        return new LinfBox(torch.where(mask, low, images), torch.where(mask, high, images));
    }

    /** Π: moves every value of {@code x} to the nearest one in the box, in place. */
    void project(Tensor x) {
        x.clamp_(new TensorOptional(low), new TensorOptional(high));
    }

    /** A random place for each image, {@code image + ε·u} with u uniform in [−1, 1) from the image's own seed, projected. */
    Tensor randomStart(AttackBatch batch, double epsilon) {
        return Scopes.scopedNoGrad(() -> {
            Tensor images = batch.images().detach();
            TensorVector noise = new TensorVector();
            for (int i = 0; i < batch.size(); i++) {
                noise.push_back(Tensors.uniform(
                        batch.seedOf(i).child("start"), images.size(1), images.size(2), images.size(3)));
            }
            Tensor x = torch.stack(noise)
                    .to(images.scalar_type())
                    .mul(new Scalar(2 * epsilon))
                    .sub(new Scalar(epsilon))
                    .add_(images);
            project(x);
            return x;
        });
    }
}
