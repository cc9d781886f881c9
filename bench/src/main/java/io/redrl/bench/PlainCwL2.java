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
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Carlini and Wagner's L2 attack with a fixed c, after the authors' code: PyTorch's Adam in tanh space, the closest image
 * that fools is kept.
 *
 * <p>Departure: all steps are taken. The authors' code gives up when the whole batch's loss stops falling, which leaves some images
 * farther away than need be, so that less time would not be the same result sooner.
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
 */
record PlainCwL2(CwL2Spec spec) implements PlainAttack {
    private static final double BOX = 0.999999;

    PlainCwL2 {
        Checks.require(spec.binarySearchSteps() == 1, "the plain CW-L2 has one c");
    }

    @Override
    public Tensor perturb(PlainNetwork model, AttackBatch batch) {
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
        for (int step = 0; step < spec.steps(); step++) {
            Scopes.run(() -> step(model, images, labels, w, adversarial, best, optimizer));
        }
        return adversarial;
    }

    private void step(
            PlainNetwork model,
            Tensor images,
            Tensor labels,
            Tensor w,
            Tensor adversarial,
            Tensor best,
            Adam optimizer) {
        Tensor x = w.tanh().add(new Scalar(1.0)).div(new Scalar(2.0));
        Tensor logits = model.logits(x);
        Tensor l2 = x.sub(images).square().sum(1, 2, 3);
        Tensor loss = l2.add(margin(logits, labels, spec.confidence()), new Scalar(spec.c()))
                .sum();
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensor fooled = logits.argmax(new LongOptional(1), false).ne(labels);
            Tensor closer = fooled.logical_and(l2.lt(best));
            best.copy_(torch.where(closer, l2, best));
            adversarial.copy_(torch.where(closer.view(-1, 1, 1, 1), x, adversarial));
        }
    }

    /** {@code max(z_y − max_{i≠y} z_i, −κ)} per image, with one-hot vectors as in the authors' code. */
    private static Tensor margin(Tensor logits, Tensor labels, double kappa) {
        Tensor own = torch.one_hot(labels, logits.size(1)).to(ScalarType.Float);
        Tensor real = own.mul(logits).sum(1);
        Tensor other = own.neg()
                .add(new Scalar(1.0))
                .mul(logits)
                .sub(own.mul(new Scalar(1e4)))
                .amax(new long[] {1}, false);
        return torch.maximum(real.sub(other), torch.full_like(real, new Scalar(-kappa)));
    }
}
