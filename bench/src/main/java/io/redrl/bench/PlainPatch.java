package io.redrl.bench;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.Loss;
import io.redrl.attack.PatchSpec;
import io.redrl.base.Checks;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Adversarial patch: signed steps on all pixels, and everything outside the patch put back. The patches lie where the
 * project's own attack puts them, so that both have the same task.
 *
 * <pre>
 *  for _ in range(steps):
 *      x.requires_grad_()
 *      F.cross_entropy(model(x), y).backward()
 *      x = x.detach() + alpha * x.grad.sign()
 *      x = torch.min(torch.max(x, x0 - eps), x0 + eps).clamp(0, 1)
 *      x = (1 - mask) * x0 + mask * x
 * </pre>
 *
 * @param spec the settings
 */
record PlainPatch(PatchSpec spec) implements PlainAttack {
    PlainPatch {
        Checks.require(
                spec.place().equals(PatchSpec.RANDOM) && !spec.randomStart() && spec.loss() == Loss.CROSS_ENTROPY,
                "the plain patch lies at a random place, starts at the image and climbs cross-entropy");
    }

    @Override
    public Result perturb(PlainModel model, AttackBatch batch) {
        Tensor images = batch.images().detach();
        Tensor labels = Tensors.longs(batch.labels());
        Tensor mask = mask(batch);
        Tensor outside = mask.neg().add(new Scalar(1.0)).mul(images);
        Tensor x = images.clone();
        for (int step = 0; step < spec.steps(); step++) {
            Scopes.run(() -> {
                Tensor leaf = x.detach().requires_grad_(true);
                model.zeroGrad();
                torch.cross_entropy(model.logits(leaf), labels).backward();
                Tensor moved = x.add(leaf.grad().sign(), new Scalar(spec.stepSize()));
                x.copy_(PlainAttack.projected(moved, images, spec.epsilon())
                        .mul(mask)
                        .add(outside));
            });
        }
        return new Result(x, spec.steps());
    }

    /** {@code [N,1,H,W]}: one inside the patch, zero outside. */
    private Tensor mask(AttackBatch batch) {
        long height = batch.images().size(2);
        long width = batch.images().size(3);
        Tensor mask = torch.zeros(new long[] {batch.size(), 1, height, width});
        for (int i = 0; i < batch.size(); i++) {
            SplittableRandom random = batch.seedOf(i).child("place").random();
            int row = random.nextInt((int) height - spec.height() + 1);
            int column = random.nextInt((int) width - spec.width() + 1);
            mask.narrow(0, i, 1)
                    .narrow(2, row, spec.height())
                    .narrow(3, column, spec.width())
                    .fill_(new Scalar(1));
        }
        return mask;
    }
}
