package io.redrl.attack;

import io.redrl.model.Classifier;
import io.redrl.tensor.Norm;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/**
 * Carlini and Wagner's own L∞ attack: a penalty on every value that changes by more than τ, and a τ that shrinks.
 *
 * <pre>
 *  minimise over w   Σᵢ max(|δᵢ| − τ, 0) + c · f(x(w)),   δ = x(w) − x₀,   f(x) = max(z_y(x) − max_{i≠y} z_i(x), −κ)
 *  success:  τ ← 0.9 · min(τ, max |δᵢ|), on from where w is;   failure:  c ← 2 c, again from the last success
 * </pre>
 *
 * x(w) is an image for every w, see {@link TanhSpace}. The image with the smallest max |δᵢ| that fools is returned, and
 * the image itself where none does.
 *
 * <p>Carlini and Wagner, <i>Towards Evaluating the Robustness of Neural Networks</i>, IEEE S&amp;P 2017, section VI-C, with
 * f₆ of section V-A; constants from the authors' code.
 *
 * <p>Departures:
 * <ul>
 *   <li>τ starts at the first adversarial image's own largest change, which is what the original's τ = 1 comes to after
 *       one success;
 *   <li>once a τ has failed at every c, {@code refinements} more are tried, in the middle between it and the smallest that
 *       succeeded: with τ × 0.9 alone a result may be 11 % from the best;
 *   <li>each image stops trying a τ and c by itself at a {@link Plateau}; the original takes all its steps;
 *   <li>images of a batch try their own τ and c side by side, in rounds.
 * </ul>
 *
 * @param spec the settings
 */
record CwLinfTauAttack(CwLinfTauSpec spec) implements Attack {
    /** The original stops when τ comes to 1/256, which 8 bits cannot tell from nothing. */
    private static final double SMALLEST_TAU = 1 / 256.0;

    /** An objective below this part of c counts as success, as in the authors' code. */
    private static final double TOLERANCE = 1e-4;

    @Override
    public Tensor perturb(Classifier victim, AttackBatch batch) {
        return Scopes.scopedNoGrad(() -> {
            Search search = new Search(victim, batch);
            Rows active = Rows.all(batch.size());
            while (spec.steps() > 0 && !active.isEmpty()) {
                Rows rows = active;
                boolean[] reached = Scopes.valued(() -> search.descend(rows));
                active = rows.where(i -> search.next(rows.at(i), reached[i]));
            }
            return search.best.images();
        });
    }

    /** What is known of each image. */
    private final class Search {
        private final Classifier victim;
        private final Objective objective;
        private final TanhSpace space;
        /** w of the last success, at first that of the image. */
        private final Tensor start;

        /** By their largest change. */
        private final Closest best;

        /** A τ fails if it does so at every c, and has succeeded if there is an image with no larger change. */
        private final BracketSearch tau;

        private final double[] c;
        private final int[] refined;

        Search(Classifier victim, AttackBatch batch) {
            this.victim = victim;
            objective = Objective.of(batch);
            Tensor images = batch.images().detach();
            space = TanhSpace.at(images);
            start = space.w().clone();
            best = new Closest(batch);
            tau = new BracketSearch(batch.size(), 1, spec.decrease());
            c = new double[batch.size()];
            Arrays.fill(c, spec.c());
            refined = new int[batch.size()];
        }

        /** Chooses the next τ and c of an image; false if it is finished. */
        boolean next(int row, boolean reached) {
            if (!reached && 2 * c[row] < spec.largestC()) {
                c[row] *= 2;
                return true;
            }
            if (!reached) {
                tau.fail(row);
                c[row] = spec.largestC() / 2; // a smaller one has no better chance at a τ in between
            }
            double smallest = best.distance(row);
            if (Double.isInfinite(smallest) || smallest <= tau.failed(row)) {
                return false;
            }
            tau.succeed(row, smallest);
            tau.next(row);
            return tau.failed(row) == 0 ? tau.tried()[row] > SMALLEST_TAU : refined[row]++ < spec.refinements();
        }

        /** One descent with a fixed τ and c per image; says which came below τ. */
        boolean[] descend(Rows all) {
            all.put(space.w(), all.of(start));
            Adam adam = new Adam(space.w(), spec.learningRate());
            boolean[] reached = new boolean[c.length];
            boolean[] fooled = new boolean[c.length];
            Plateau plateau = new Plateau(c.length, spec.abortAfter());

            Rows active = all;
            for (int step = 0; step <= spec.steps() && !active.isEmpty(); step++) {
                Rows rows = active;
                int now = step;
                active = Scopes.valued(() -> {
                    // 1. The image, by how much it exceeds τ, and f.
                    TanhSpace.Point at = space.point(rows);
                    Tensor taus = column(rows, tau.tried(), at.x());
                    Tensor excess = at.delta().abs().sub_(taus).clamp_(Tensors.scalar(0));
                    double[] penalty = Tensors.toDoubles(excess.sum(1, 2, 3));
                    double[] change = Tensors.toDoubles(Norm.LINF.of(at.delta()));
                    CwMargin f = new CwMargin(
                            victim,
                            at.x(),
                            objective.of(rows),
                            spec.confidence(),
                            rows.pick(fooled),
                            i -> change[i] < best.distance(rows.at(i)));

                    // 2. Each image on its own: keep it if it is the closest so far, stop it at success or on a
                    // plateau.
                    best.keep(rows, at.x(), change, f::fooled);
                    boolean[] goesOn = new boolean[rows.size()];
                    for (int i = 0; i < goesOn.length; i++) {
                        int row = rows.at(i);
                        fooled[row] = f.fooled(i);
                        reached[row] = f.fooled(i) && penalty[i] < TOLERANCE * c[row];
                        boolean stopped = plateau.at(row, now, penalty[i] + c[row] * f.value(i));
                        goesOn[i] = !reached[row] && !stopped;
                    }
                    Rows there = rows.where(i -> reached[rows.at(i)]);
                    there.put(start, there.of(space.w()));

                    // 3. ∇ₓ = sign δ where |δ| > τ, + c ∇f.
                    Rows staying = rows.positions(i -> goesOn[i]);
                    if (now < spec.steps() && !staying.isEmpty()) {
                        Tensor gradient = f.gradient()
                                .mul_(column(rows, c, at.x()))
                                .add_(excess.sign_().mul_(at.delta().sign()));
                        adam.step(rows.where(i -> goesOn[i]), staying.of(at.toW(gradient)));
                    }
                    return rows.where(i -> goesOn[i]);
                });
            }
            return all.pick(reached);
        }
    }

    private static Tensor column(Rows rows, double[] values, Tensor like) {
        return Tensor.create(rows.pick(values), rows.size(), 1, 1, 1).to(like.device(), like.scalar_type());
    }
}
