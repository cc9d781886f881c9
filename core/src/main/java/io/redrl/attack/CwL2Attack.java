package io.redrl.attack;

import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Carlini and Wagner's L2 attack: Adam in tanh space on distance plus weighted margin.
 *
 * <pre>
 *  minimise over w   ‖x(w) − x₀‖₂² + c · f(x(w)),   f(x) = max(z_y(x) − max_{i≠y} z_i(x), −κ)
 *  x(w) = x₀ + (tanh w − tanh w₀) / 2s,   w₀ = atanh(s (2 x₀ − 1))
 * </pre>
 *
 * The closest image that fools is returned, and the image itself where none does. With {@code binarySearchSteps} > 1 the
 * whole is repeated: c grows tenfold until the first success, then halves the interval between the last failure and the
 * smallest success.
 *
 * <p>Carlini and Wagner, <i>Towards Evaluating the Robustness of Neural Networks</i>, IEEE S&amp;P 2017, section VI-A, with
 * f₆ of section V-A, untargeted, and the change of variables of section V-B.
 *
 * <p>Departures:
 * <ul>
 *   <li>s = 0.99, for at s = 1 a value of exactly 0 or 1 sits at infinity and cannot move (the authors' code uses
 *       0.999999, where it takes hundreds of steps to stir). x(w) is written as a change of x₀, so that it starts at the
 *       image bit for bit, and clipped to [0, 1], which it can leave by 0.5 %; the clipping is passed over in the gradient;
 *   <li>c starts as given and, by default, stays: the setting of Souri et al.;
 *   <li>no restarts; each image stops by itself, {@code abortAfter} steps after its objective last fell by 1e-4 of itself,
 *       where the authors' code looks at the whole batch's loss every tenth of the steps.
 * </ul>
 *
 * @param spec the settings
 */
record CwL2Attack(CwL2Spec spec) implements Attack {
    /** s: keeps atanh finite at values of exactly 0 and 1. */
    private static final double SCALE = 0.99;

    private static final double LEAST_IMPROVEMENT = 1e-4;

    @Override
    public Tensor perturb(Classifier victim, AttackBatch batch) {
        return Scopes.scopedNoGrad(() -> {
            Best best = new Best(batch);
            double[] c = filled(batch.size(), spec.c());
            double[] failed = filled(batch.size(), 0); // the largest c that is known not to succeed
            double[] succeeded = filled(batch.size(), Double.POSITIVE_INFINITY); // the smallest c known to
            for (int search = 0; search < spec.binarySearchSteps(); search++) {
                boolean[] success = Scopes.valued(() -> descend(victim, batch, c, best));
                for (int i = 0; i < c.length; i++) {
                    if (success[i]) {
                        succeeded[i] = Math.min(succeeded[i], c[i]);
                    } else {
                        failed[i] = Math.max(failed[i], c[i]);
                    }
                    c[i] = Double.isInfinite(succeeded[i]) ? 10 * c[i] : (failed[i] + succeeded[i]) / 2;
                }
            }
            return best.images;
        });
    }

    /** One descent with a fixed c per image; says which images were fooled on the way. */
    private boolean[] descend(Classifier victim, AttackBatch batch, double[] c, Best best) {
        int n = batch.size();
        Tensor images = batch.images().detach(); // x₀ [N,C,H,W]
        Tensor labels = Tensors.longs(batch.labels());
        Tensor weights = Tensor.create(c, n, 1, 1, 1).to(images.device(), images.scalar_type());
        Tensor w = images.mul(new Scalar(2.0))
                .sub_(new Scalar(1.0))
                .mul_(new Scalar(SCALE))
                .atanh_();
        Tensor tanhW0 = w.tanh();
        Adam adam = new Adam(w, spec.learningRate());
        boolean[] success = new boolean[n];
        double[] lowest = filled(n, Double.POSITIVE_INFINITY);
        int[] lowestAt = new int[n];

        Rows active = Rows.all(n);
        for (int step = 0; step <= spec.steps() && !active.isEmpty(); step++) {
            Rows rows = active;
            int now = step;
            active = Scopes.valued(() -> {
                // 1. The image, its distance and f.
                Tensor x0 = rows.of(images);
                Tensor tanhW = rows.of(w).tanh_();
                Tensor x = tanhW.sub(rows.of(tanhW0))
                        .div_(new Scalar(2 * SCALE))
                        .add_(x0)
                        .clamp_(Tensors.scalar(0), Tensors.scalar(1));
                Tensor delta = x.sub(x0);
                double[] squared = Hinge.doubles(delta.square().sum(1, 2, 3));
                Hinge f = Hinge.at(victim, x, rows.of(labels), spec.confidence());

                // 2. Each image on its own: keep it if it is the closest so far, stop it if it no longer improves.
                best.keep(rows, x, squared, f.fooled());
                boolean[] goesOn = new boolean[rows.size()];
                for (int i = 0; i < rows.size(); i++) {
                    int row = rows.at(i);
                    success[row] |= f.fooled()[i];
                    double objective = squared[i] + c[row] * f.value()[i];
                    if (now == 0 || objective < lowest[row] - LEAST_IMPROVEMENT * Math.abs(lowest[row])) {
                        lowest[row] = objective;
                        lowestAt[row] = now;
                    }
                    // Nothing is closer than the image itself.
                    boolean done = f.fooled()[i] && squared[i] == 0;
                    goesOn[i] = !done && (spec.abortAfter() == 0 || now - lowestAt[row] < spec.abortAfter());
                }

                // 3. ∇ₓ = 2 δ + c ∇f, and dx/dw = (1 − tanh² w) / 2s.
                Rows staying = rows.positions(i -> goesOn[i]);
                if (now < spec.steps() && !staying.isEmpty()) {
                    Tensor gradient = f.gradient().mul_(rows.of(weights)).add_(delta, new Scalar(2.0));
                    Tensor slope = tanhW.square_().neg_().add_(new Scalar(1.0)).div_(new Scalar(2 * SCALE));
                    adam.step(rows.where(i -> goesOn[i]), staying.of(gradient.mul_(slope)));
                }
                return rows.where(i -> goesOn[i]);
            });
        }
        return success;
    }

    private static double[] filled(int n, double value) {
        double[] values = new double[n];
        Arrays.fill(values, value);
        return values;
    }

    /** The closest image that fooled, for each image; at first the image itself. */
    private static final class Best {
        private final Tensor images;
        private final double[] squared;

        Best(AttackBatch batch) {
            images = batch.images().detach().clone();
            squared = filled(batch.size(), Double.POSITIVE_INFINITY);
        }

        void keep(Rows rows, Tensor x, double[] distances, boolean[] fooled) {
            Rows closer = rows.positions(i -> fooled[i] && distances[i] < squared[rows.at(i)]);
            rows.where(i -> fooled[i] && distances[i] < squared[rows.at(i)]).put(images, closer.of(x));
            for (int i = 0; i < closer.size(); i++) {
                squared[rows.at(closer.at(i))] = distances[closer.at(i)];
            }
        }
    }
}
