package io.redrl.attack;

import io.redrl.model.Classifier;
import io.redrl.tensor.Norm;
import io.redrl.tensor.Scopes;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Carlini and Wagner's objective in an L∞ ball: Adam on the margin, projected at every step.
 *
 * <pre>  x ← Π(Adam(x, c · ∇f(x))),   f(x) = max(z_y(x) − max_{i≠y} z_i(x), −κ)</pre>
 *
 * Π projects onto {@code {x : ‖x − x₀‖∞ ≤ ε, 0 ≤ x ≤ 1}}.
 *
 * <p>Carlini and Wagner, <i>Towards Evaluating the Robustness of Neural Networks</i>, IEEE S&amp;P 2017: f is f₆ of section
 * V-A; the projected form with Adam, a fixed ε, c and learning rate is what the settings of Souri et al.,
 * <i>Identification of Attack-Specific Signatures in Adversarial Examples</i>, Table 2, describe.
 *
 * <p>Departures from Carlini and Wagner's own L∞ attack (section VI-D):
 * <ul>
 *   <li>a fixed ball instead of a penalty above a shrinking τ, so c only scales what Adam normalises again;
 *   <li>pixel space with clipping instead of tanh space;
 *   <li>the last iterate that fools is returned, and the last iterate of all if none does: once f is flat Adam's momentum
 *       carries an image on, and may carry it back for a moment.
 * </ul>
 *
 * @param spec the settings
 */
record CwLinfAttack(CwLinfSpec spec) implements Attack {
    @Override
    public Tensor perturb(Classifier victim, AttackBatch batch) {
        return Scopes.scopedNoGrad(() -> {
            Tensor images = batch.images().detach(); // x₀ [N,C,H,W]
            Objective objective = Objective.of(batch);
            Ball ball = Ball.around(images, Norm.LINF, spec.epsilon());
            Rows all = Rows.all(batch.size());
            Tensor x = images.clone();
            Tensor result = images.clone();
            boolean[] fooled = new boolean[batch.size()];
            boolean[] everFooled = new boolean[batch.size()];
            Adam adam = new Adam(x, spec.learningRate());

            for (int step = 0; step <= spec.steps(); step++) {
                boolean last = step == spec.steps();
                Scopes.run(() -> {
                    CwMargin f = new CwMargin(victim, x, objective, spec.confidence(), fooled, i -> false);
                    Rows keep = all.where(i -> f.fooled(i) || (last && !everFooled[i]));
                    keep.put(result, keep.of(x));
                    for (int i = 0; i < everFooled.length; i++) {
                        fooled[i] = f.fooled(i);
                        everFooled[i] |= fooled[i];
                    }
                    if (!last) {
                        adam.step(all, f.gradient().mul_(new Scalar(spec.c())));
                        ball.project(x);
                    }
                });
            }
            return result;
        });
    }
}
