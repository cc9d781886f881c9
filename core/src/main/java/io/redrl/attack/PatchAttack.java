package io.redrl.attack;

import io.redrl.base.Checks;
import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Adversarial patch: a rectangle at a random place, fixed for each image, is optimised; nothing outside it changes.
 *
 * <pre>  x ← (1 − m) ⊙ x₀ + m ⊙ Π(x + α · sign ∇ₓ CE(x, y))</pre>
 *
 * m is one inside the rectangle, and Π projects onto {@code {x : ‖x − x₀‖∞ ≤ ε, 0 ≤ x ≤ 1}}.
 *
 * <p>Karmon, Zoran and Goldberg, <i>LaVAN: Localized and Visible Adversarial Noise</i>, ICML 2018, section 3 (the image
 * {@code (1 − m) ⊙ x + m ⊙ δ}, network-domain noise for one image and location); bounded by ε and untargeted as in Souri
 * et al., <i>Identification of Attack-Specific Signatures in Adversarial Examples</i>, section 3.2.
 *
 * <p>Departures from LaVAN:
 * <ul>
 *   <li>untargeted, on cross-entropy (through its log-odds, see {@link PgdAttack}), instead of raising a target's score
 *       and lowering the source's;
 *   <li>the change is at most ε, where LaVAN's is visible;
 *   <li>signed steps with a projection; the step size is not given by Souri et al. and is a setting;
 *   <li>all steps are taken, without a stop at success.
 * </ul>
 *
 * @param spec the settings
 */
record PatchAttack(PatchSpec spec) implements Attack {
    @Override
    public Tensor perturb(Classifier victim, AttackBatch batch) {
        return Scopes.scopedNoGrad(() -> {
            Tensor images = batch.images().detach(); // x₀ [N,C,H,W]
            // Outside the patch the box is a single point, which makes the projection the mask.
            LinfBox box = LinfBox.around(images, spec.epsilon()).within(mask(batch), images);
            Tensor x = spec.randomStart() ? box.randomStart(batch, spec.epsilon()) : images.clone();
            PgdAttack.ascend(victim, x, Tensors.longs(batch.labels()), box, spec.stepSize(), spec.steps());
            return x;
        });
    }

    /** m: {@code [N,1,H,W]} bool, a rectangle per image, placed uniformly by the image's own seed. */
    private Tensor mask(AttackBatch batch) {
        int height = (int) batch.images().size(2);
        int width = (int) batch.images().size(3);
        Checks.require(
                spec.height() <= height && spec.width() <= width,
                "a patch of %d×%d pixels does not fit an image of %d×%d; choose a smaller height and width",
                spec.height(),
                spec.width(),
                height,
                width);
        Tensor mask = torch.zeros(new long[] {batch.size(), 1, height, width}, new TensorOptions(ScalarType.Bool));
        for (int i = 0; i < batch.size(); i++) {
            SplittableRandom random = batch.seedOf(i).child("place").random();
            int top = random.nextInt(height - spec.height() + 1);
            int left = random.nextInt(width - spec.width() + 1);
            mask.narrow(0, i, 1)
                    .narrow(2, top, spec.height())
                    .narrow(3, left, spec.width())
                    .fill_(new Scalar(1));
        }
        return mask.to(batch.images().device(), ScalarType.Bool);
    }
}
