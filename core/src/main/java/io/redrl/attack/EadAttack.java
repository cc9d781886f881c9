package io.redrl.attack;

import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * EAD, the elastic-net attack: Carlini and Wagner's objective with L1 besides L2, by iterated shrinkage (FISTA).
 *
 * <pre>
 *  minimise over x in [0, 1]   c · f(x) + β ‖x − x₀‖₁ + ‖x − x₀‖₂²,   f(x) = max(z_y(x) − max_{i≠y} z_i(x), −κ)
 *  x⁽ᵏ⁺¹⁾ = S_β(y⁽ᵏ⁾ − α_k ∇g(y⁽ᵏ⁾)),   g(x) = c · f(x) + ‖x − x₀‖₂²,   α_k = α √(1 − k / K)
 *  y⁽ᵏ⁺¹⁾ = x⁽ᵏ⁺¹⁾ + k / (k + 3) · (x⁽ᵏ⁺¹⁾ − x⁽ᵏ⁾)
 * </pre>
 *
 * S_β brings every change nearer to 0 by β, and to 0 exactly if it was smaller, then cuts to [0, 1]. Of all x⁽ᵏ⁾ that fool,
 * over all c ({@link BracketSearch}), the nearest is returned, by elastic net or L1; the image itself where none does.
 *
 * <p>Chen, Sharma, Zhang, Yi and Hsieh, <i>EAD: Elastic-Net Attacks to Deep Neural Networks via Adversarial Examples</i>,
 * AAAI 2018, equations (3) to (6) and Algorithm 1; α_k as in the authors' code.
 *
 * <p>The threshold of S_β is β, as in (6) and the authors' code, and not α_k β as FISTA would have it: in effect L1 weighs
 * β / α_k, more and more.
 *
 * <p>Departures: each image stops by itself ({@link Plateau}), where the authors' code looks at the whole batch's loss
 * every tenth of the steps.
 *
 * @param spec the settings
 */
record EadAttack(EadSpec spec) implements Attack {
    @Override
    public Tensor perturb(Classifier victim, AttackBatch batch) {
        return Scopes.scopedNoGrad(() -> {
            Closest best = new Closest(batch);
            if (spec.steps() == 0) {
                return best.images();
            }
            BracketSearch.overWeights(
                    batch.size(),
                    spec.c(),
                    spec.binarySearchSteps(),
                    c -> Scopes.valued(() -> descend(victim, batch, c, best)));
            return best.images();
        });
    }

    /** One descent with a fixed c per image; says which images were fooled on the way. */
    private boolean[] descend(Classifier victim, AttackBatch batch, double[] c, Closest best) {
        int n = batch.size();
        Tensor images = batch.images().detach(); // x₀ [N,C,H,W]
        Objective objective = Objective.of(batch);
        Tensor weights = Tensor.create(c, n, 1, 1, 1).to(images.device(), images.scalar_type());
        Tensor x = images.clone();
        Tensor y = images.clone();
        boolean[] success = new boolean[n];
        boolean[] fooledBefore = new boolean[n];
        Plateau plateau = new Plateau(n, spec.abortAfter());

        Rows active = Rows.all(n);
        for (int step = 0; step <= spec.steps() && !active.isEmpty(); step++) {
            Rows rows = active;
            int k = step;
            active = Scopes.valued(() -> {
                // 1. The prediction for x⁽ᵏ⁾ and its distances.
                Tensor current = rows.of(x);
                Tensor delta = current.sub(rows.of(images));
                double[] l1 = Tensors.toDoubles(delta.abs().sum(1, 2, 3));
                double[] squared = Tensors.toDoubles(delta.square().sum(1, 2, 3));
                Objective theirs = objective.of(rows);
                Tensor logits = Logits.of(victim, current);
                boolean[] fooled = theirs.succeeds(logits, spec.confidence());
                double[] margin = Tensors.toDoubles(theirs.margin(logits));

                // 2. Each image on its own: keep it if it is the nearest so far, stop it if it no longer improves.
                double[] distance = new double[rows.size()];
                boolean[] goesOn = new boolean[rows.size()];
                for (int i = 0; i < rows.size(); i++) {
                    int row = rows.at(i);
                    double elastic = spec.beta() * l1[i] + squared[i];
                    distance[i] = spec.rule() == EadSpec.Rule.EN ? elastic : l1[i];
                    success[row] |= fooled[i];
                    double value = elastic + c[row] * Math.max(margin[i], -spec.confidence());
                    boolean stopped = plateau.at(row, k, value);
                    // Nothing is nearer than the image itself.
                    boolean done = fooled[i] && squared[i] == 0;
                    goesOn[i] = !done && !stopped;
                }
                best.keep(rows, current, distance, i -> fooled[i]);

                // 3. The step from y⁽ᵏ⁾.
                Rows staying = rows.where(i -> goesOn[i]);
                if (k < spec.steps() && !staying.isEmpty()) {
                    Tensor x0 = staying.of(images);
                    Tensor at = staying.of(y);
                    CwMargin f = new CwMargin(
                            victim,
                            at,
                            objective.of(staying),
                            spec.confidence(),
                            staying.pick(fooledBefore),
                            i -> false);
                    for (int i = 0; i < staying.size(); i++) {
                        fooledBefore[staying.at(i)] = f.fooled(i);
                    }
                    Tensor slope = f.gradient().mul_(staying.of(weights)).add_(at.sub(x0), new Scalar(2.0));
                    double alpha = spec.learningRate() * Math.sqrt(1 - (double) k / spec.steps());
                    Tensor next = shrunk(at.sub(slope, new Scalar(alpha)), x0);
                    Tensor ahead = next.add(next.sub(staying.of(x)), new Scalar(k / (k + 3.0)));
                    staying.put(x, next);
                    staying.put(y, ahead);
                }
                return staying;
            });
        }
        return success;
    }

    /** S_β. */
    private Tensor shrunk(Tensor z, Tensor x0) {
        return x0.add(torch.softshrink(z.sub(x0), new Scalar(spec.beta())))
                .clamp_(Tensors.scalar(0), Tensors.scalar(1));
    }
}
