package io.redrl.bench;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.CwL2Spec;
import io.redrl.base.Checks;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Carlini and Wagner's L2 attack with a fixed c, after the authors' code: PyTorch's Adam in tanh space, the closest image
 * that fools is kept.
 *
 * <pre>
 *  w = torch.atanh((2 * x0 - 1) * 0.999999)
 *  optimizer = torch.optim.Adam([w], lr)
 *  for step in range(steps):
 *      x = (torch.tanh(w) + 1) / 2
 *      z, l2 = model(x), (x - x0).square().sum((1, 2, 3))
 *      loss = (l2 + c * margin(z, y)).sum()
 *      optimizer.zero_grad()
 *      loss.backward()
 *      optimizer.step()
 *      closer = (z.argmax(1) != y) &amp; (l2 &lt; best)
 *      best, adv = torch.where(closer, l2, best), torch.where(closer, x, adv)
 * </pre>
 *
 * @param spec the settings
 * @param authorsAbort whether the whole batch stops once its loss has not fallen by 0.01 % since a tenth of the steps
 *     ago, as in the authors' code
 */
record PlainCwL2(CwL2Spec spec, boolean authorsAbort) implements PlainAttack {
    private static final double BOX = 0.999999;
    private static final double ABORT = 0.9999;

    PlainCwL2 {
        Checks.require(spec.binarySearchSteps() == 1, "the plain CW-L2 has one c");
    }

    @Override
    public Result perturb(PlainModel model, AttackBatch batch) {
        Tensor images = batch.images().detach();
        Tensor labels = Tensors.longs(batch.labels());
        Tensor w = images.mul(new Scalar(2.0))
                .sub(new Scalar(1.0))
                .mul(new Scalar(BOX))
                .atanh()
                .requires_grad_(true);
        Tensor adversarial = images.clone();
        Tensor best = torch.full(new long[] {batch.size()}, new Scalar(Double.POSITIVE_INFINITY));
        Adam optimizer = new Adam(new TensorVector(w), new AdamOptions(spec.learningRate()));
        double before = Double.POSITIVE_INFINITY;
        for (int step = 0; step < spec.steps(); step++) {
            boolean look = authorsAbort && step % Math.max(1, spec.steps() / 10) == 0;
            double loss = Scopes.valued(() -> step(model, images, labels, w, adversarial, best, optimizer, look));
            if (look) {
                if (loss > before * ABORT) {
                    return new Result(adversarial, step + 1);
                }
                before = loss;
            }
        }
        return new Result(adversarial, spec.steps());
    }

    /** Returns the batch's loss if {@code look}, else nothing of use. */
    private double step(
            PlainModel model,
            Tensor images,
            Tensor labels,
            Tensor w,
            Tensor adversarial,
            Tensor best,
            Adam optimizer,
            boolean look) {
        Tensor x = w.tanh().add(new Scalar(1.0)).div(new Scalar(2.0));
        Tensor logits = model.logits(x);
        Tensor l2 = x.sub(images).square().sum(1, 2, 3);
        Tensor loss = l2.add(PlainAttack.margin(logits, labels, spec.confidence()), new Scalar(spec.c()))
                .sum();
        optimizer.zero_grad();
        model.zeroGrad();
        loss.backward();
        optimizer.step();
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensor fooled = logits.argmax(new LongOptional(1), false).ne(labels);
            Tensor closer = fooled.logical_and(l2.lt(best));
            best.copy_(torch.where(closer, l2, best));
            adversarial.copy_(torch.where(closer.view(-1, 1, 1, 1), x, adversarial));
        }
        return look ? loss.item_double() : 0;
    }
}
