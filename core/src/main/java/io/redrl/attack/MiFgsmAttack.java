package io.redrl.attack;

import io.redrl.model.Classifier;
import io.redrl.tensor.Norm;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Momentum iterative FGSM: signed steps along a running sum of normalised gradients.
 *
 * <pre>
 *  g ← μ g + ∇ₓ L(x, y) / ‖∇ₓ L(x, y)‖₁
 *  x ← Π(x + (ε / T) · sign g)
 * </pre>
 *
 * <p>Dong, Liao, Pang, Su, Zhu, Hu and Li, <i>Boosting Adversarial Attacks with Momentum</i>, CVPR 2018, Algorithm 1;
 * targeted, it descends on the target's loss, as in its equation (10).
 *
 * <p>Departures:
 * <ul>
 *   <li>T steps of ε / T cannot leave the ball, so Algorithm 1 has no Π; here it cuts to [0, 1];
 *   <li>L is the log-odds, see {@link PgdAttack}: at each step the same direction as cross-entropy's, and the same length
 *       once it is divided by its L1 norm.
 * </ul>
 *
 * @param spec the settings
 * @param stepSize the length of a step, in pixel units: ε / T but where other rules are compared with
 */
record MiFgsmAttack(MiFgsmSpec spec, double stepSize) implements Attack {
    private static final double NEVER_ZERO = 1e-30;

    MiFgsmAttack(MiFgsmSpec spec) {
        this(spec, spec.epsilon() / spec.steps());
    }

    @Override
    public Tensor perturb(Classifier victim, AttackBatch batch) {
        return Scopes.scopedNoGrad(() -> {
            Ball ball = Ball.around(batch.images().detach(), Norm.LINF, spec.epsilon());
            Objective objective = Objective.of(batch);
            Tensor x = ball.centre().clone();
            Tensor g = torch.zeros_like(x);
            for (int step = 0; step < spec.steps(); step++) {
                Scopes.run(() -> {
                    Tensor gradient = Logits.gradient(victim, x, logits -> objective.gain(Loss.CROSS_ENTROPY, logits));
                    Tensor length = gradient.abs().sum(1, 2, 3).clamp_(Tensors.scalar(NEVER_ZERO));
                    g.mul_(new Scalar(spec.decay())).add_(gradient.div_(length.view(-1, 1, 1, 1)));
                    x.add_(g.sign(), new Scalar(stepSize));
                    ball.project(x);
                });
            }
            return x;
        });
    }
}
