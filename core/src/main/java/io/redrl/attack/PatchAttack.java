package io.redrl.attack;

import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.tensor.Norm;
import io.redrl.tensor.Scopes;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Adversarial patch: a rectangle, fixed for each image, is optimised; nothing outside it changes.
 *
 * <pre>  x ← (1 − m) ⊙ x₀ + m ⊙ Π(x + α · sign ∇ₓ L(x, y))</pre>
 *
 * m is one inside the rectangle, and Π projects onto {@code {x : ‖x − x₀‖∞ ≤ ε, 0 ≤ x ≤ 1}}.
 *
 * <p>Karmon, Zoran and Goldberg, <i>LaVAN: Localized and Visible Adversarial Noise</i>, ICML 2018, section 3 (the image
 * {@code (1 − m) ⊙ x + m ⊙ δ}, network-domain noise for one image and location); at a random place, bounded by ε and
 * untargeted as in Souri et al., <i>Identification of Attack-Specific Signatures in Adversarial Examples</i>, section 3.2.
 * LaVAN's own form is ε = 1 with a target.
 *
 * <p>Departures from LaVAN:
 * <ul>
 *   <li>on cross-entropy (through its log-odds, see {@link PgdAttack}) or the margin, which like LaVAN's objective raises
 *       one class and lowers another, but whichever is second at the moment;
 *   <li>signed steps with a projection, from the image itself; the step size is not given by Souri et al. and is a
 *       setting;
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
            Ball ball = Ball.around(images, Norm.LINF, spec.epsilon()).within(mask(batch));
            boolean moves = spec.randomStart() && spec.steps() > 0;
            Tensor x = moves ? ball.randomStart(batch, "start") : images.clone();
            new PgdAttack.Ascent(victim, Objective.of(batch), spec.loss(), spec.stepSize(), spec.steps(), false)
                    .climb(x, ball, Rows.all(batch.size()));
            return x;
        });
    }

    /** m: {@code [N,1,H,W]} bool, a rectangle per image. */
    private Tensor mask(AttackBatch batch) {
        int height = (int) batch.images().size(2);
        int width = (int) batch.images().size(3);
        spec.requireFits(new ImageShape((int) batch.images().size(1), height, width), Integer.MAX_VALUE);
        Tensor mask = torch.zeros(new long[] {batch.size(), 1, height, width}, new TensorOptions(ScalarType.Bool));
        for (int i = 0; i < batch.size(); i++) {
            int[] corner = corner(batch, i, height - spec.height(), width - spec.width());
            mask.narrow(0, i, 1)
                    .narrow(2, corner[0], spec.height())
                    .narrow(3, corner[1], spec.width())
                    .fill_(new Scalar(1));
        }
        return mask.to(batch.images().device(), ScalarType.Bool);
    }

    /** Row and column of the upper left corner, each from 0 to the given most. */
    private int[] corner(AttackBatch batch, int i, int mostRow, int mostColumn) {
        switch (spec.place()) {
            case PatchSpec.RANDOM -> {
                SplittableRandom random = batch.seedOf(i).child("place").random();
                return new int[] {random.nextInt(mostRow + 1), random.nextInt(mostColumn + 1)};
            }
            case PatchSpec.CENTRE -> {
                return new int[] {mostRow / 2, mostColumn / 2};
            }
            default -> {
                return new int[] {spec.row(), spec.column()};
            }
        }
    }
}
