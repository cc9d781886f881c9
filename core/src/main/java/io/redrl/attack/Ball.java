package io.redrl.attack;

import io.redrl.tensor.Norm;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The ball that a bounded attack may reach: of radius ε around each image, in a norm, cut with [0, 1]. Knows how to get
 * back into it (Π), and which step of a given length climbs fastest in its norm.
 *
 * @param norm L∞ or L2
 * @param centre {@code [N,C,H,W]} the images
 * @param radius ε
 * @param low {@code [N,C,H,W]} the least that each value may be. Where it equals {@code high} the value cannot move: that
 *     is how a patch stays a patch
 * @param high {@code [N,C,H,W]} the most
 */
record Ball(Norm norm, Tensor centre, double radius, Tensor low, Tensor high) {
    private static final double NEVER_ZERO = 1e-30;

    /** The ball around {@code images}; its tensors join the caller's scope. */
    static Ball around(Tensor images, Norm norm, double radius) {
        double reach = norm == Norm.LINF ? radius : 1;
        return new Ball(
                norm,
                images,
                radius,
                Scopes.scoped(() -> images.sub(new Scalar(reach)).clamp_(Tensors.scalar(0), Tensors.scalar(1))),
                Scopes.scoped(() -> images.add(new Scalar(reach)).clamp_(Tensors.scalar(0), Tensors.scalar(1))));
    }

    /** The same ball where {@code mask} ({@code [N,1,H,W]} bool) is set, and the image itself elsewhere. */
    Ball within(Tensor mask) {
        return new Ball(norm, centre, radius, torch.where(mask, low, centre), torch.where(mask, high, centre));
    }

    /** The balls of some images. */
    Ball of(Rows rows) {
        return rows.size() == centre.size(0)
                ? this
                : new Ball(norm, rows.of(centre), radius, rows.of(low), rows.of(high));
    }

    /**
     * Π: brings {@code x} back, in place. For L∞ the nearest point; for L2 first onto the ball along the radius, then into
     * [0, 1], which can only shorten the way.
     */
    void project(Tensor x) {
        if (norm == Norm.L2) {
            Scopes.run(() -> {
                Tensor delta = x.sub(centre);
                Tensor length = perImage(Norm.L2.of(delta).clamp_(Tensors.scalar(NEVER_ZERO)));
                Tensor shrink =
                        length.reciprocal().mul_(new Scalar(radius)).clamp_(Tensors.scalar(0), Tensors.scalar(1));
                x.copy_(centre.add(delta.mul_(shrink)));
            });
        }
        x.clamp_(new TensorOptional(low), new TensorOptional(high));
    }

    /**
     * The step of length 1 in this norm along which a loss grows fastest: the gradient's sign, or the gradient divided by
     * its Euclidean length. May overwrite {@code gradient}.
     */
    Tensor steepest(Tensor gradient) {
        return norm == Norm.LINF
                ? gradient.sign_()
                : gradient.div_(perImage(Norm.L2.of(gradient).clamp_(Tensors.scalar(NEVER_ZERO))));
    }

    /**
     * A random place for each image, uniform in the ball, drawn from the image's own seed, then cut to [0, 1].
     *
     * @param batch the images of this ball
     * @param draw tells several starts of an image apart
     */
    Tensor randomStart(AttackBatch batch, String draw) {
        return Scopes.scopedNoGrad(() -> {
            TensorVector noise = new TensorVector();
            for (int i = 0; i < batch.size(); i++) {
                noise.push_back(inUnitBall(batch.seedOf(i).child(draw)));
            }
            Tensor x = torch.stack(noise)
                    .to(centre.scalar_type())
                    .mul_(new Scalar(radius))
                    .add_(centre);
            project(x);
            return x;
        });
    }

    private Tensor inUnitBall(io.redrl.base.Seed seed) {
        long[] shape = {centre.size(1), centre.size(2), centre.size(3)};
        if (norm == Norm.LINF) {
            return Tensors.uniform(seed, shape).mul_(new Scalar(2.0)).sub_(new Scalar(1.0));
        }
        // A normal direction, and a radius whose d-th power is uniform.
        Tensor direction = Tensors.normal(seed, shape);
        double u = seed.child("radius").random().nextDouble();
        double length = Math.pow(u, 1.0 / direction.numel());
        return direction.mul_(new Scalar(length)).div_(direction.norm());
    }

    private static Tensor perImage(Tensor values) {
        return values.view(-1, 1, 1, 1);
    }
}
