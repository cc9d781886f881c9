package io.redrl.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.model.ForwardingClassifier;
import io.redrl.tensor.Norm;
import io.redrl.tensor.Scopes;
import io.redrl.testing.FunctionVictim;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** FGSM, MI-FGSM, Auto-PGD and EAD, where the answer is known or can be had slowly. */
class GradientFamiliesTest {
    private static final ImageShape SHAPE = ImageShape.square(4); // 48 values

    private static double[] weights() {
        double[] w = new double[48];
        Arrays.setAll(w, i -> Math.sin(4 + 14 * i));
        return w;
    }

    /** Two classes or more, of which class 0 leads class 1 by {@code lead} at grey, and the others follow far behind. */
    private static Classifier linear(double[] w, double lead, int classes) {
        double[][] rows = new double[classes][w.length];
        rows[1] = w;
        double[] bias = new double[classes];
        Arrays.setAll(bias, k -> -10 * k);
        bias[0] = 0.5 * Arrays.stream(w).sum() + lead;
        bias[1] = 0;
        return TinyModels.linear(SHAPE, rows, bias);
    }

    private static AttackBatch grey(Classifier victim, int n) {
        return TinyModels.batch(victim, TinyModels.images(1, 0.5, 0.5, n, SHAPE));
    }

    private static double[] delta(AttackSpec spec, Classifier victim, AttackBatch batch) {
        return TinyModels.values(spec.newAttack().perturb(victim, batch).sub(batch.images()));
    }

    private static double length(double[] values) {
        return Math.sqrt(Arrays.stream(values).map(v -> v * v).sum());
    }

    private static double l1(double[] values) {
        return Arrays.stream(values).map(Math::abs).sum();
    }

    @Test
    void allEndInTheCornerOfTheBallOfALinearModel() {
        Scopes.run(() -> {
            double[] w = weights();
            Classifier victim = linear(w, 3, 4);
            AttackBatch batch = grey(victim, 2);
            for (AttackSpec spec : List.of(
                    new FgsmSpec(Norm.LINF, 0.05, Target.NONE),
                    new MiFgsmSpec(0.05, 10, 1, Target.NONE),
                    new ApgdSpec(Norm.LINF, 0.05, 20, 1, Loss.CROSS_ENTROPY, Target.NONE),
                    new ApgdSpec(Norm.LINF, 0.05, 20, 2, Loss.MARGIN, Target.NONE),
                    new ApgdSpec(Norm.LINF, 0.05, 20, 1, Loss.DLR, Target.NONE))) {
                double[] delta = delta(spec, victim, batch);
                for (int i = 0; i < 96; i++) {
                    assertThat(delta[i]).as("%s", spec).isCloseTo(0.05 * Math.signum(w[i % 48]), within(1e-12));
                }
            }
        });
    }

    @Test
    void inEuclideanBallsTheyEndAlongTheGradient() {
        Scopes.run(() -> {
            double[] w = weights();
            Classifier victim = linear(w, 3, 4);
            AttackBatch batch = grey(victim, 2);
            for (AttackSpec spec : List.of(
                    new FgsmSpec(Norm.L2, 0.4, Target.NONE),
                    new ApgdSpec(Norm.L2, 0.4, 60, 1, Loss.CROSS_ENTROPY, Target.NONE))) {
                double[] delta = delta(spec, victim, batch);
                for (int i = 0; i < 96; i++) {
                    assertThat(delta[i]).as("%s", spec).isCloseTo(0.4 * w[i % 48] / length(w), within(1e-4));
                }
            }
        });
    }

    /**
     * A hill over two values with its top at (0.5175, 0.5625), climbed from (0.5, 0.5) in eight steps of 0.02: where that
     * ends, worked out by hand. Without memory the first value only swings around the top; the more of it there is, the
     * further it runs on. Were gradients not normalised, it would end at (0.5, 0.62) with a decay of 1.
     */
    @ParameterizedTest
    @CsvSource({"0, 0.50, 0.58", "0.5, 0.50, 0.54", "1, 0.54, 0.62"})
    void momentumCarriesOverTheTopOfAHill(double decay, double first, double second) {
        Scopes.run(() -> {
            Classifier hill = new FunctionVictim(2, new ImageShape(1, 1, 2), x -> {
                Tensor away = x.flatten(1, -1).sub(Tensor.create(new double[] {0.5175, 0.5625}, 1, 2));
                Tensor lead = away.square().mul(Tensor.create(new double[] {-0.5, -0.1}, 1, 2));
                return torch.stack(new TensorVector(torch.ones_like(away).select(1, 0), lead.sum(1)), 1);
            });
            AttackBatch batch = TinyModels.batch(hill, TinyModels.images(1, 0.5, 0.5, 1, hill.input()));
            Tensor result =
                    new MiFgsmSpec(0.16, 8, decay, Target.NONE).newAttack().perturb(hill, batch);
            assertThat(TinyModels.values(result)).containsExactly(new double[] {first, second}, within(1e-12));
        });
    }

    private static double[] gradient(Classifier victim, double[] x, Objective objective, Loss loss) {
        return Scopes.valued(
                () -> TinyModels.values(Logits.gradient(victim, image(x), logits -> objective.gain(loss, logits))));
    }

    private static double gain(Classifier victim, double[] x, Objective objective, Loss loss) {
        return Scopes.valued(() -> TinyModels.values(objective.gain(loss, victim.logits(image(x))))[0]);
    }

    private static Tensor image(double[] x) {
        return Tensor.create(x, 1, 3, 8, 8);
    }

    @Test
    void theCheckpointsAreThePapers() {
        assertThat(ApgdAttack.checkpoints(100)).containsExactly(22, 41, 57, 70, 80, 87, 93, 99);
        assertThat(ApgdAttack.checkpoints(10)).containsExactly(3, 5, 6, 7, 8, 9, 10);
        assertThat(ApgdAttack.checkpoints(1)).containsExactly(1);
    }

    /** Algorithm 1, one image, from {@code start}, every sum and every record of the past written out. */
    private static double[] slowApgd(
            Classifier victim, Objective objective, Loss loss, double[] x0, double[] start, double epsilon, int steps) {
        List<double[]> x = new ArrayList<>(List.of(start));
        List<Double> f = new ArrayList<>(List.of(gain(victim, start, objective, loss)));
        List<Double> eta = new ArrayList<>(List.of(2 * epsilon));
        List<Double> most = new ArrayList<>(f);
        double[] best = start;
        int before = 0;
        double[] previous = start;
        for (int k = 0; k < steps; k++) {
            // A checkpoint at k: conditions over i = before … k − 1.
            double step = eta.get(k);
            double[] at = x.get(k);
            if (ApgdAttack.checkpoints(steps).contains(k)) {
                int rises = 0;
                for (int i = before; i < k; i++) {
                    rises += f.get(i + 1) > f.get(i) ? 1 : 0;
                }
                boolean stands =
                        eta.get(before).equals(eta.get(k)) && most.get(before).equals(most.get(k));
                if (rises < 0.75 * (k - before) || stands) {
                    step /= 2;
                    at = best;
                    f.set(k, most.get(k));
                }
                before = k;
            }
            double[] gradient = gradient(victim, at, objective, loss);
            double[] next = new double[at.length];
            double alpha = k == 0 ? 1 : 0.75;
            for (int i = 0; i < next.length; i++) {
                double low = Math.max(0, x0[i] - epsilon);
                double high = Math.min(1, x0[i] + epsilon);
                double z = Math.max(low, Math.min(high, at[i] + step * Math.signum(gradient[i])));
                double moved = at[i] + alpha * (z - at[i]) + (1 - alpha) * (at[i] - previous[i]);
                next[i] = Math.max(low, Math.min(high, moved));
            }
            previous = at;
            x.add(next);
            eta.add(step);
            f.add(gain(victim, next, objective, loss));
            best = f.get(k + 1) > most.get(k) ? next : best;
            most.add(Math.max(most.get(k), f.get(k + 1)));
        }
        return best;
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void autoPgdIsItsAlgorithm(Loss loss) {
        Scopes.run(() -> {
            Classifier victim = TinyModels.conv();
            int n = 6;
            double epsilon = 0.01;
            AttackBatch batch = TinyModels.batch(victim, TinyModels.images(9, 0, 1, n, victim.input()));
            Tensor starts = Ball.around(batch.images(), Norm.LINF, epsilon).randomStart(batch, "start0");
            Tensor result = new ApgdSpec(Norm.LINF, epsilon, 40, 1, loss, Target.NONE)
                    .newAttack()
                    .perturb(victim, batch);
            long[] verdict = victim.predict(result);
            int compared = 0;
            for (int i = 0; i < n; i++) {
                if (verdict[i] == batch.labels()[i]) {
                    compared++;
                    Rows row = new Rows(new long[] {i});
                    double[] slow = slowApgd(
                            victim,
                            Objective.of(batch).of(row),
                            loss,
                            TinyModels.values(row.of(batch.images())),
                            TinyModels.values(row.of(starts)),
                            epsilon,
                            40);
                    assertThat(TinyModels.values(row.of(result))).containsExactly(slow, within(1e-9));
                }
            }
            assertThat(compared).isGreaterThanOrEqualTo(3);
        });
    }

    @Test
    void autoPgdClimbsAtLeastAsHighAsPgd() {
        Scopes.run(() -> {
            Classifier victim = TinyModels.conv();
            int n = 16;
            AttackBatch batch = TinyModels.batch(victim, TinyModels.images(9, 0, 1, n, victim.input()));
            Objective objective = Objective.of(batch);
            for (double epsilon : new double[] {0.005, 0.01, 0.02}) {
                Tensor pgd =
                        new PgdSpec(epsilon, epsilon / 4, 50, true).newAttack().perturb(victim, batch);
                Tensor apgd = new ApgdSpec(Norm.LINF, epsilon, 50, 1, Loss.CROSS_ENTROPY, Target.NONE)
                        .newAttack()
                        .perturb(victim, batch);
                double[] pgdGain = TinyModels.values(objective.gain(Loss.CROSS_ENTROPY, victim.logits(pgd)));
                double[] apgdGain = TinyModels.values(objective.gain(Loss.CROSS_ENTROPY, victim.logits(apgd)));
                boolean[] pgdFools = objective.succeeds(victim.logits(pgd), 0);
                boolean[] apgdFools = objective.succeeds(victim.logits(apgd), 0);
                int standing = 0;
                for (int i = 0; i < n; i++) {
                    assertThat(apgdFools[i] || !pgdFools[i]).isTrue();
                    if (!apgdFools[i]) { // otherwise it has stopped at the first success
                        standing++;
                        assertThat(apgdGain[i]).isGreaterThan(pgdGain[i] - 1e-3);
                    }
                }
                assertThat(standing).isPositive();
            }
        });
    }

    @Test
    void autoPgdLeavesAtTheFirstSuccess() {
        Scopes.run(() -> {
            Classifier victim = TinyModels.conv();
            AttackBatch batch = TinyModels.batch(victim, TinyModels.images(9, 0, 1, 4, victim.input()));
            int[] asked = {0};
            Classifier counting = new FunctionVictim(5, victim.input(), x -> {
                asked[0] += (int) x.size(0);
                return victim.logits(x);
            });
            long[] wrong =
                    Arrays.stream(batch.labels()).map(label -> (label + 1) % 5).toArray();
            AttackBatch fooled = new AttackBatch(batch.images(), wrong, batch.ids(), batch.seed());
            new ApgdSpec(Norm.LINF, 0.001, 30, 5, Loss.DLR, Target.NONE)
                    .newAttack()
                    .perturb(counting, fooled);
            assertThat(asked[0]).isEqualTo(4);
        });
    }

    /** Low-precision logits that see every image as fooled. */
    private static final class Dreamer extends ForwardingClassifier {
        Dreamer(Classifier victim) {
            super(victim);
        }

        @Override
        public boolean hasLowPrecision() {
            return true;
        }

        @Override
        public Tensor lowPrecisionLogits(Tensor images) {
            return Scopes.scoped(() -> logits(images).sub(Tensor.create(new double[] {100, 0, 0, 0}, 1, 4)));
        }
    }

    @Test
    void autoPgdBelievesFullPrecisionOnly() {
        Scopes.run(() -> {
            double[] w = weights();
            Classifier victim = linear(w, 3, 4);
            AttackBatch batch = grey(victim, 2);
            double[] delta =
                    delta(new ApgdSpec(Norm.LINF, 0.05, 20, 1, Loss.MARGIN, Target.NONE), new Dreamer(victim), batch);
            assertThat(delta[0]).isCloseTo(0.05 * Math.signum(w[0]), within(1e-12));
        });
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.3, 1.5})
    void withoutL1TheElasticNetIsTheNearestPoint(double lead) {
        Scopes.run(() -> {
            double[] w = weights();
            Classifier victim = linear(w, lead, 2);
            AttackBatch batch = grey(victim, 1);
            double[] delta =
                    delta(new EadSpec(0, 0.5, 0.05, 100, 0, 6, 30, EadSpec.Rule.EN, Target.NONE), victim, batch);
            double nearest = lead / length(w);
            assertThat(length(delta)).isBetween(nearest, 1.03 * nearest);
        });
    }

    @Test
    void withL1TheElasticNetMovesTheValuesThatCountMost() {
        Scopes.run(() -> {
            double[] w = weights();
            w[17] = 3; // the others are at most 1
            double lead = 1.2; // value 17 alone needs 0.4, and has 0.5
            Classifier victim = linear(w, lead, 2);
            AttackBatch batch = grey(victim, 1);
            double[] dense =
                    delta(new EadSpec(0, 0.5, 0.05, 100, 0, 6, 30, EadSpec.Rule.L1, Target.NONE), victim, batch);
            double[] sparse =
                    delta(new EadSpec(0.05, 0.3, 0.05, 120, 0, 7, 0, EadSpec.Rule.L1, Target.NONE), victim, batch);
            assertThat(victim.predict(batch.images().add(Tensor.create(sparse, 1, 3, 4, 4))))
                    .containsExactly(1);
            assertThat(Arrays.stream(sparse).filter(d -> d != 0).count()).isEqualTo(1);
            assertThat(l1(sparse)).isBetween(0.4, 1.04 * 0.4);
            assertThat(l1(dense)).isGreaterThan(1.5 * l1(sparse));
        });
    }

    @Test
    void theElasticNetUsesFurtherValuesWhereTheBoxStopsTheBest() {
        Scopes.run(() -> {
            double[] w = new double[48];
            Arrays.fill(w, 0.01);
            w[5] = 3;
            w[40] = -2;
            double lead = 2; // value 5 gives 1.5 at most, value 40 has to give the rest: 0.25 down
            Classifier victim = linear(w, lead, 2);
            AttackBatch batch = grey(victim, 1);
            double[] sparse =
                    delta(new EadSpec(0.05, 0.5, 0.05, 150, 0, 6, 40, EadSpec.Rule.L1, Target.NONE), victim, batch);
            assertThat(sparse[5]).isPositive();
            assertThat(sparse[40]).isNegative();
            assertThat(l1(sparse)).isBetween(0.75 - 1e-9, 0.75 * 1.1);
        });
    }

    @Test
    void theElasticNetWinsByItsConfidence() {
        Scopes.run(() -> {
            Classifier victim = linear(weights(), 0.3, 2);
            AttackBatch batch = grey(victim, 1);
            Tensor adversarial = new EadSpec(0.001, 1, 0.02, 200, 1.5, 3, 0, EadSpec.Rule.EN, Target.NONE)
                    .newAttack()
                    .perturb(victim, batch);
            double[] logits = TinyModels.values(victim.logits(adversarial));
            assertThat(logits[1] - logits[0]).isBetween(1.5, 1.8);
        });
    }
}
