package io.redrl.attack;

import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Auto-PGD: gradient ascent with momentum whose step size halves, image by image, when it no longer pays.
 *
 * <pre>
 *  z     = Π(x⁽ᵏ⁾ + η · argmax_{‖v‖ ≤ 1} v·∇f(x⁽ᵏ⁾))
 *  x⁽ᵏ⁺¹⁾ = Π(x⁽ᵏ⁾ + α (z − x⁽ᵏ⁾) + (1 − α) (x⁽ᵏ⁾ − x⁽ᵏ⁻¹⁾)),   α = 0.75, at first 1
 * </pre>
 *
 * η starts at 2ε. At the checkpoints w₀ = 0 &lt; w₁ &lt; … it halves, and the image returns to the place of its highest f,
 * if either
 * <ol>
 *   <li>f rose in fewer than ρ = 0.75 of the steps since the last checkpoint, or
 *   <li>η was not halved at the last checkpoint, and the highest f is still what it was there.
 * </ol>
 * w_j = ⌈p_j T⌉ with p₀ = 0, p₁ = 0.22, p_{j+1} = p_j + max(p_j − p_{j−1} − 0.03, 0.06).
 *
 * <p>Croce and Hein, <i>Reliable evaluation of adversarial robustness with an ensemble of diverse parameter-free
 * attacks</i>, ICML 2020, Algorithm 1 and section 3; the DLR loss of its section 4.
 *
 * <p>Departures:
 * <ul>
 *   <li>an image leaves at its first success, which is its result (the authors' code keeps the last one); without any, the
 *       place of the highest loss;
 *   <li>a checkpoint is looked at as soon as f(x⁽ʷ⁾) is known and not after one more step, as in the authors' code;
 *   <li>random starts are uniform in the ball, where the authors' code stretches them until they touch its boundary;
 *   <li>cross-entropy is climbed, and compared, as its log-odds, see {@link PgdAttack}.
 * </ul>
 *
 * @param spec the settings
 */
record ApgdAttack(ApgdSpec spec) implements Attack {
    private static final double MOMENTUM = 0.75; // α
    private static final double RISING_SHARE = 0.75; // ρ

    @Override
    public Tensor perturb(Classifier victim, AttackBatch batch) {
        return Scopes.scopedNoGrad(() -> {
            Ball ball = Ball.around(batch.images().detach(), spec.norm(), spec.epsilon());
            Tensor result = ball.centre().clone();
            if (spec.steps() == 0 || spec.epsilon() == 0) {
                return result;
            }
            Objective objective = Objective.of(batch);
            double[] highest = new double[batch.size()]; // of all starts
            Arrays.fill(highest, Double.NEGATIVE_INFINITY);
            Rows open = Rows.all(batch.size());
            for (int restart = 0; restart < spec.restarts() && !open.isEmpty(); restart++) {
                Rows rows = open;
                String draw = "start" + restart;
                open = Scopes.valued(() -> {
                    Climb climb = new Climb(victim, objective, ball, ball.randomStart(batch, draw));
                    Rows left = climb.run(rows);
                    Rows better = rows.where(
                            i -> climb.solved[rows.at(i)] || climb.highest[rows.at(i)] > highest[rows.at(i)]);
                    better.put(result, better.of(climb.best));
                    for (long row : better.indices()) {
                        highest[(int) row] = climb.highest[(int) row];
                    }
                    return left;
                });
            }
            return result;
        });
    }

    /** The checkpoints w₁, w₂, …, as numbers of steps; p is counted in hundredths, in which it is exact. */
    static Set<Integer> checkpoints(int steps) {
        Set<Integer> checkpoints = new TreeSet<>();
        long before = 0;
        for (long p = 22; p <= 100; ) {
            checkpoints.add((int) ((p * steps + 99) / 100));
            long next = p + Math.max(p - before - 3, 6);
            before = p;
            p = next;
        }
        return checkpoints;
    }

    /** One start of each image. Arrays hold one number per image of the batch. */
    private final class Climb {
        private final Classifier victim;
        private final Objective objective;
        private final Ball ball;
        private final Tensor x; // x⁽ᵏ⁾
        private final Tensor previous; // x⁽ᵏ⁻¹⁾
        private final Tensor best; // where f was highest; the success, once there is one
        private final Tensor bestGradient;
        private final double[] f;
        private final double[] highest;
        private final double[] eta;
        private final boolean[] solved;
        // Since the last checkpoint:
        private final int[] rises;
        private final double[] highestThen;
        private final boolean[] halvedThen;

        Climb(Classifier victim, Objective objective, Ball ball, Tensor start) {
            int n = (int) start.size(0);
            this.victim = victim;
            this.objective = objective;
            this.ball = ball;
            x = start;
            previous = start.clone();
            best = start.clone();
            bestGradient = torch.zeros_like(start);
            f = new double[n];
            highest = new double[n];
            eta = new double[n];
            Arrays.fill(eta, 2 * spec.epsilon());
            solved = new boolean[n];
            rises = new int[n];
            highestThen = new double[n];
            halvedThen = new boolean[n];
        }

        /** Climbs, and returns the rows that were not solved. */
        Rows run(Rows rows) {
            Set<Integer> checkpoints = checkpoints(spec.steps());
            Rows active = rows;
            int checkpoint = 0;
            for (int step = 0; step <= spec.steps() && !active.isEmpty(); step++) {
                Rows now = active;
                int k = step;
                int last = checkpoint;
                active = Scopes.valued(() -> {
                    // 1. f and ∇f at x⁽ᵏ⁾; what succeeds leaves.
                    Tensor gradient = torch.zeros_like(x);
                    look(now, k, gradient);
                    Rows left = now.where(i -> !solved[now.at(i)]);
                    // 2. Step sizes, then the step.
                    if (k < spec.steps() && !left.isEmpty()) {
                        if (checkpoints.contains(k)) {
                            review(left, k - last, gradient);
                        }
                        step(left, k, gradient);
                    }
                    return left;
                });
                checkpoint = checkpoints.contains(k) ? k : checkpoint;
            }
            return active;
        }

        /** Evaluates {@code rows} and keeps what is highest; writes the gradient at those rows. */
        private void look(Rows rows, int k, Tensor gradient) {
            double[] now = new double[rows.size()];
            boolean[] success = new boolean[rows.size()];
            Objective theirs = objective.of(rows);
            try (AutoGradMode on = new AutoGradMode(true)) {
                Tensor leaf = Logits.leaf(rows.of(x));
                Tensor logits = Logits.recorded(victim, leaf);
                Tensor gain = theirs.gain(spec.loss(), logits);
                try (NoGradGuard off = new NoGradGuard()) {
                    System.arraycopy(Tensors.toDoubles(gain), 0, now, 0, now.length);
                    System.arraycopy(succeeds(theirs, logits.detach(), leaf.detach()), 0, success, 0, now.length);
                }
                if (k < spec.steps()) {
                    Tensor slope = Tensors.gradient(gain.sum(), leaf);
                    try (NoGradGuard off = new NoGradGuard()) {
                        rows.put(gradient, slope);
                    }
                }
            }
            Rows higher = rows.where(i -> {
                int row = rows.at(i);
                solved[row] = success[i];
                rises[row] += k > 0 && now[i] > f[row] ? 1 : 0;
                f[row] = now[i];
                boolean best = k == 0 || now[i] > highest[row];
                highest[row] = best ? now[i] : highest[row];
                highestThen[row] = k == 0 ? now[i] : highestThen[row];
                return best || success[i];
            });
            higher.put(best, higher.of(x));
            higher.put(bestGradient, higher.of(gradient));
        }

        /** Success in full precision: where the logits are of low precision, those that seem to succeed are asked again. */
        private boolean[] succeeds(Objective theirs, Tensor logits, Tensor images) {
            boolean[] success = theirs.succeeds(logits, 0);
            Rows claimed = Rows.all(success.length).where(i -> success[i]);
            if (victim.hasLowPrecision() && !claimed.isEmpty()) {
                boolean[] confirmed = theirs.of(claimed).succeeds(Logits.of(victim, claimed.of(images)), 0);
                for (int i = 0; i < confirmed.length; i++) {
                    success[claimed.at(i)] = confirmed[i];
                }
            }
            return success;
        }

        /** A checkpoint, {@code steps} steps after the last one. */
        private void review(Rows rows, int steps, Tensor gradient) {
            Rows halved = rows.where(i -> {
                int row = rows.at(i);
                boolean oscillates = rises[row] < RISING_SHARE * steps; // condition 1
                boolean stands = !halvedThen[row] && highest[row] == highestThen[row]; // condition 2
                rises[row] = 0;
                highestThen[row] = highest[row];
                halvedThen[row] = oscillates || stands;
                return halvedThen[row];
            });
            for (long row : halved.indices()) {
                eta[(int) row] /= 2;
                f[(int) row] = highest[(int) row];
            }
            // x⁽ᵏ⁻¹⁾ stays: the first step from the best place carries on from it, as in Algorithm 1.
            halved.put(x, halved.of(best));
            halved.put(gradient, halved.of(bestGradient));
        }

        private void step(Rows rows, int k, Tensor gradient) {
            Ball theirs = ball.of(rows);
            Tensor from = rows.of(x);
            Tensor length = Tensor.create(eta, eta.length, 1, 1, 1).to(x.device(), x.scalar_type());
            Tensor z = theirs.steepest(rows.of(gradient)).mul_(rows.of(length)).add_(from);
            theirs.project(z);
            double alpha = k == 0 ? 1 : MOMENTUM;
            Tensor next =
                    from.add(z.sub_(from), new Scalar(alpha)).add_(from.sub(rows.of(previous)), new Scalar(1 - alpha));
            theirs.project(next);
            rows.put(previous, from);
            rows.put(x, next);
        }
    }
}
