package io.redrl.attack;

import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Carlini and Wagner's L2 attack: Adam in tanh space on distance plus weighted margin.
 *
 * <pre>
 *  minimise over w   ‖x(w) − x₀‖₂² + c · f(x(w)),   f(x) = max(z_y(x) − max_{i≠y} z_i(x), −κ)
 * </pre>
 *
 * x(w) is an image for every w, see {@link TanhSpace}. The closest image that fools is returned, and the image itself where none does. With {@code binarySearchSteps} > 1 the
 * whole is repeated: c grows tenfold until the first success, then halves the interval between the last failure and the
 * smallest success.
 *
 * <p>Carlini and Wagner, <i>Towards Evaluating the Robustness of Neural Networks</i>, IEEE S&amp;P 2017, section VI-A, with
 * f₆ of section V-A, and the change of variables of section V-B.
 *
 * <p>Departures:
 * <ul>
 *   <li>c starts as given and, by default, stays: the setting of Souri et al.;
 *   <li>no restarts; each image stops by itself ({@link Plateau}), where the authors' code looks at the whole batch's
 *       loss at every tenth of the steps.
 * </ul>
 *
 * @param spec the settings
 */
record CwL2Attack(CwL2Spec spec) implements Attack {
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
        TanhSpace space = TanhSpace.at(images);
        Adam adam = new Adam(space.w(), spec.learningRate());
        boolean[] success = new boolean[n];
        boolean[] fooledBefore = new boolean[n];
        Plateau plateau = new Plateau(n, spec.abortAfter());

        Rows active = Rows.all(n);
        for (int step = 0; step <= spec.steps() && !active.isEmpty(); step++) {
            Rows rows = active;
            int now = step;
            active = Scopes.valued(() -> {
                // 1. The image, its distance and f.
                TanhSpace.Point at = space.point(rows);
                Tensor x = at.x();
                double[] squared = Tensors.toDoubles(at.delta().square().sum(1, 2, 3));
                CwMargin f = new CwMargin(
                        victim,
                        x,
                        objective.of(rows),
                        spec.confidence(),
                        rows.pick(fooledBefore),
                        i -> squared[i] < best.distance(rows.at(i)));

                // 2. Each image on its own: keep it if it is the closest so far, stop it if it no longer improves.
                best.keep(rows, x, squared, f::fooled);
                boolean[] goesOn = new boolean[rows.size()];
                for (int i = 0; i < rows.size(); i++) {
                    int row = rows.at(i);
                    success[row] |= f.fooled(i);
                    fooledBefore[row] = f.fooled(i);
                    boolean stopped = plateau.at(row, now, squared[i] + c[row] * f.value(i));
                    // Nothing is closer than the image itself.
                    boolean done = f.fooled(i) && squared[i] == 0;
                    goesOn[i] = !done && !stopped;
                }

                // 3. ∇ₓ = 2 δ + c ∇f.
                Rows staying = rows.positions(i -> goesOn[i]);
                if (now < spec.steps() && !staying.isEmpty()) {
                    Tensor gradient = f.gradient().mul_(rows.of(weights)).add_(at.delta(), new Scalar(2.0));
                    adam.step(rows.where(i -> goesOn[i]), staying.of(at.toW(gradient)));
                }
                return rows.where(i -> goesOn[i]);
            });
        }
        return success;
    }
}
