package io.redrl.bench;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.CwLinfSpec;
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
 * Carlini and Wagner's objective in an L∞ ball: PyTorch's Adam on the margin, projected at every step; the last iterate
 * that fools is kept.
 *
 * <pre>
 *  optimizer = torch.optim.Adam([x], lr)
 *  for _ in range(steps):
 *      z = model(x)
 *      adv = torch.where(z.argmax(1) != y, x, adv)
 *      optimizer.zero_grad()
 *      (c * margin(z, y)).sum().backward()
 *      optimizer.step()
 *      x.data = torch.min(torch.max(x, x0 - eps), x0 + eps).clamp(0, 1)
 *  adv = torch.where(model(x).argmax(1) != y, x, adv)
 * </pre>
 *
 * @param spec the settings
 */
record PlainCwLinf(CwLinfSpec spec) implements PlainAttack {
    @Override
    public Result perturb(PlainModel model, AttackBatch batch) {
        Tensor images = batch.images().detach();
        Tensor labels = Tensors.longs(batch.labels());
        Tensor x = images.clone().requires_grad_(true);
        Tensor adversarial = images.clone();
        Adam optimizer = new Adam(new TensorVector(x), new AdamOptions(spec.learningRate()));
        for (int step = 0; step < spec.steps(); step++) {
            Scopes.run(() -> {
                Tensor logits = model.logits(x);
                keepFooling(logits, labels, x, adversarial);
                optimizer.zero_grad();
                model.zeroGrad();
                PlainAttack.margin(logits, labels, spec.confidence())
                        .mul(new Scalar(spec.c()))
                        .sum()
                        .backward();
                optimizer.step();
                try (NoGradGuard guard = new NoGradGuard()) {
                    x.copy_(PlainAttack.projected(x, images, spec.epsilon()));
                }
            });
        }
        Scopes.run(() -> keepFooling(model.logits(x), labels, x, adversarial));
        return new Result(adversarial, spec.steps());
    }

    private static void keepFooling(Tensor logits, Tensor labels, Tensor x, Tensor adversarial) {
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensor fooled = logits.argmax(new LongOptional(1), false).ne(labels);
            adversarial.copy_(torch.where(fooled.view(-1, 1, 1, 1), x, adversarial));
        }
    }
}
