package io.redrl.bench;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.Loss;
import io.redrl.attack.PgdSpec;
import io.redrl.base.Checks;
import io.redrl.tensor.Norm;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Projected gradient descent in the L∞ ball, as in every tutorial.
 *
 * <pre>
 *  for _ in range(steps):
 *      x.requires_grad_()
 *      F.cross_entropy(model(x), y).backward()
 *      x = x.detach() + alpha * x.grad.sign()
 *      x = torch.min(torch.max(x, x0 - eps), x0 + eps).clamp(0, 1)
 * </pre>
 *
 * @param spec the settings
 */
record PlainPgd(PgdSpec spec) implements PlainAttack {
    PlainPgd {
        Checks.require(
                spec.norm() == Norm.LINF && spec.restarts() == 1 && spec.loss() == Loss.CROSS_ENTROPY,
                "the plain PGD has one start, cross-entropy and L∞");
    }

    @Override
    public Tensor perturb(PlainNetwork model, AttackBatch batch) {
        Tensor images = batch.images().detach();
        Tensor labels = Tensors.longs(batch.labels());
        Tensor x = images.clone();
        if (spec.randomStart()) {
            Tensor noise = Tensors.uniform(batch.seed().child("plain"), Tensors.shape(images))
                    .mul(new Scalar(2 * spec.epsilon()))
                    .sub(new Scalar(spec.epsilon()));
            x.add_(noise).clamp_(Tensors.scalar(0), Tensors.scalar(1));
        }
        for (int step = 0; step < spec.steps(); step++) {
            Scopes.run(() -> {
                Tensor leaf = x.detach().requires_grad_(true);
                torch.cross_entropy(model.logits(leaf), labels).backward();
                Tensor moved = x.add(leaf.grad().sign(), new Scalar(spec.stepSize()));
                x.copy_(torch.minimum(
                                torch.maximum(moved, images.sub(new Scalar(spec.epsilon()))),
                                images.add(new Scalar(spec.epsilon())))
                        .clamp(Tensors.scalar(0), Tensors.scalar(1)));
            });
        }
        return x;
    }
}
