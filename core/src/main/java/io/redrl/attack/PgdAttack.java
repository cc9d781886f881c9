package io.redrl.attack;

import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Projected gradient descent: gradient ascent on a loss inside a ball.
 *
 * <pre>  x ← Π(x + α · argmax_{‖v‖ ≤ 1} v·∇ₓ L(x, y))</pre>
 *
 * Π projects onto {@code {x : ‖x − x₀‖ ≤ ε, 0 ≤ x ≤ 1}}; for L∞ the step is the gradient's sign, for L2 the gradient
 * divided by its length. Targeted, it descends on the target's loss.
 *
 * <p>Madry, Makelov, Schmidt, Tsipras and Vladu, <i>Towards Deep Learning Models Resistant to Adversarial Attacks</i>,
 * ICLR 2018, section 2.1 (the equation after (2.1)), with restarts as in its section 3; Souri et al., <i>Identification of
 * Attack-Specific Signatures in Adversarial Examples</i>, section 3.2 and Table 2.
 *
 * <p>Departures:
 * <ul>
 *   <li>the gradient of cross-entropy is taken as that of the log-odds, {@link AttackLosses#logOdds}: cross-entropy is an
 *       increasing function of them at each sample, so the direction is the same, and it survives where cross-entropy's
 *       gradient underflows;
 *   <li>the last iterate is returned, successful or not, unless an early stop is asked for.
 * </ul>
 *
 * @param spec the settings
 */
record PgdAttack(PgdSpec spec) implements Attack {
    @Override
    public Tensor perturb(Classifier victim, AttackBatch batch) {
        return Scopes.scopedNoGrad(() -> {
            Ball ball = Ball.around(batch.images().detach(), spec.norm(), spec.epsilon());
            Ascent ascent = new Ascent(
                    victim, Objective.of(batch), spec.loss(), spec.stepSize(), spec.steps(), spec.stopAtSuccess());
            if (spec.steps() == 0 || spec.epsilon() == 0) {
                return ball.centre().clone();
            }
            Tensor x = spec.randomStart()
                    ? ball.randomStart(batch, "start")
                    : ball.centre().clone();
            ascent.climb(x, ball, Rows.all(batch.size()));
            for (int restart = 1; restart < spec.restarts(); restart++) {
                again(ascent, x, ball, batch, restart);
            }
            return x;
        });
    }

    /** One more start for the images that have not succeeded; each keeps the better of its two results in {@code x}. */
    private static void again(Ascent ascent, Tensor x, Ball ball, AttackBatch batch, int restart) {
        Scopes.run(() -> {
            Ascent.State before = ascent.state(x);
            Rows open = Rows.all(batch.size()).where(i -> !before.succeeds()[i]);
            if (open.isEmpty()) {
                return;
            }
            Tensor fresh = ball.randomStart(batch, "start" + restart);
            ascent.climb(fresh, ball, open);
            Ascent.State after = ascent.state(fresh);
            Rows better = open.where(i -> {
                int row = open.at(i);
                return after.succeeds()[row] || AttackLosses.exceeds(after.gain()[row], before.gain()[row]);
            });
            better.put(x, better.of(fresh));
        });
    }

    /**
     * The update rule, shared by every attack that climbs in a ball with steps of one length.
     *
     * @param alpha the length of a step
     */
    record Ascent(Classifier victim, Objective objective, Loss loss, double alpha, int steps, boolean stopAtSuccess) {
        /** Where images stand. */
        @SuppressWarnings("ArrayRecordComponent")
        record State(boolean[] succeeds, double[] gain) {}

        State state(Tensor x) {
            return Scopes.valued(() -> {
                Tensor logits = Logits.of(victim, x);
                return new State(objective.succeeds(logits, 0), Tensors.toDoubles(objective.gain(loss, logits)));
            });
        }

        /** Moves {@code rows} of {@code x} in place. */
        void climb(Tensor x, Ball ball, Rows rows) {
            Rows active = rows;
            for (int step = 0; step < steps && !active.isEmpty(); step++) {
                active = stopAtSuccess ? unsolved(x, active) : active;
                Rows now = active;
                if (!now.isEmpty()) {
                    Scopes.run(() -> step(x, ball, now));
                }
            }
        }

        private void step(Tensor x, Ball ball, Rows rows) {
            boolean all = rows.size() == x.size(0);
            Tensor part = all ? x : rows.of(x);
            Objective theirs = objective.of(rows);
            Tensor gradient = Logits.gradient(victim, part, logits -> theirs.gain(loss, logits));
            try (NoGradGuard guard = new NoGradGuard()) {
                Ball their = ball.of(rows);
                part.add_(their.steepest(gradient), new Scalar(alpha));
                their.project(part);
                if (!all) {
                    rows.put(x, part);
                }
            }
        }

        private Rows unsolved(Tensor x, Rows rows) {
            return Scopes.valued(() -> {
                boolean[] solved = objective.of(rows).succeeds(Logits.of(victim, rows.of(x)), 0);
                return rows.where(i -> !solved[i]);
            });
        }
    }
}
