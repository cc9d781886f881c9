package io.redrl.bench;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.DeepFoolSpec;
import io.redrl.base.Checks;
import io.redrl.tensor.Norm;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * DeepFool, L2, after the authors' PyTorch code: one image at a time, a backward pass for each class, no clipping.
 *
 * <pre>
 *  while z.argmax() == y and step &lt; max_steps:
 *      w_y = gradient(z[y])
 *      for k in classes[1:]:
 *          w_k = gradient(z[k]) - w_y
 *          if |z[k] - z[y]| / norm(w_k) &lt; pert: pert, w = |z[k] - z[y]| / norm(w_k), w_k
 *      r += (pert + 1e-4) * w / norm(w)
 *      x = x0 + (1 + overshoot) * r
 *      z = model(x)
 * </pre>
 *
 * @param spec the settings
 */
record PlainDeepFool(DeepFoolSpec spec) implements PlainAttack {
    PlainDeepFool {
        Checks.require(spec.norm() == Norm.L2, "the plain DeepFool is that for L2");
    }

    @Override
    public Tensor perturb(PlainNetwork model, AttackBatch batch) {
        Tensor result = batch.images().detach().clone();
        for (int i = 0; i < batch.size(); i++) {
            int row = i;
            Scopes.run(() -> fool(model, result.narrow(0, row, 1)));
        }
        return result;
    }

    /** Moves {@code x} {@code [1,C,H,W]} in place. */
    private void fool(PlainNetwork model, Tensor x) {
        Tensor image = x.clone();
        Tensor r = torch.zeros_like(x);
        long[] ranked = Scopes.valuedNoGrad(
                () -> Tensors.toLongs(model.logits(x).flatten().argsort(0, true)));
        int classes = Math.min(spec.candidates(), ranked.length);
        int step = 0;
        while (step < spec.steps() && Scopes.valued(() -> goOn(model, x, image, r, ranked, classes))) {
            step++;
        }
    }

    /** Looks at {@code x}, and takes a step if it does not fool. */
    private boolean goOn(PlainNetwork model, Tensor x, Tensor image, Tensor r, long[] ranked, int classes) {
        Tensor leaf = x.detach().clone().requires_grad_(true);
        Tensor z = model.logits(leaf).squeeze(0);
        if (Tensors.argmax(z.unsqueeze(0))[0] != ranked[0]) {
            return false;
        }
        Tensor own = gradient(z, ranked[0], leaf);
        Tensor nearest = own;
        double nearestNorm = 1;
        double distance = Double.POSITIVE_INFINITY;
        for (int k = 1; k < classes; k++) {
            Tensor w = gradient(z, ranked[k], leaf).sub(own);
            double norm = w.norm().item_double();
            double f = z.detach().select(0, ranked[k]).item_double()
                    - z.detach().select(0, ranked[0]).item_double();
            if (Math.abs(f) / norm < distance) {
                distance = Math.abs(f) / norm;
                nearest = w;
                nearestNorm = norm;
            }
        }
        try (NoGradGuard guard = new NoGradGuard()) {
            r.add_(nearest, new Scalar((distance + 1e-4) / nearestNorm));
            x.copy_(image.add(r, new Scalar(1 + spec.overshoot())));
        }
        return true;
    }

    private static Tensor gradient(Tensor z, long k, Tensor leaf) {
        leaf.mutable_grad().reset();
        z.select(0, k).backward(new Tensor(), new BoolOptional(true), false, new TensorArrayRefOptional());
        return leaf.grad().clone();
    }
}
