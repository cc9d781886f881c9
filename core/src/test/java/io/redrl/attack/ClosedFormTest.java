package io.redrl.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.tensor.Norm;
import io.redrl.tensor.Scopes;
import io.redrl.testing.FunctionVictim;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On linear classifiers the best perturbation is known. */
class ClosedFormTest {
    private static final ImageShape SHAPE = ImageShape.square(4); // 48 values

    private static double[] weights(int k, int n) {
        double[] w = new double[n];
        for (int i = 0; i < n; i++) {
            w[i] = Math.sin(1 + 3 * k + 7 * i * (k + 1));
        }
        return w;
    }

    /** Two classes, {@code z₁ − z₀ = w·x − (w·0.5 + lead)}: class 0 leads by {@code lead} at grey. */
    private static Classifier binary(double[] w, double lead) {
        double atGrey = 0;
        for (double v : w) {
            atGrey += 0.5 * v;
        }
        return TinyModels.linear(SHAPE, new double[][] {new double[w.length], w}, atGrey + lead, 0);
    }

    private static Tensor grey(int n) {
        return TinyModels.images(1, 0.5, 0.5, n, SHAPE);
    }

    private static double length(double[] values) {
        double sum = 0;
        for (double v : values) {
            sum += v * v;
        }
        return Math.sqrt(sum);
    }

    private static double[] delta(Tensor adversarial, Tensor images) {
        return TinyModels.values(adversarial.sub(images));
    }

    @Test
    void pgdEndsInTheCornerOfTheBall() {
        Scopes.run(() -> {
            double[] w = weights(1, 48);
            Classifier victim = binary(w, 3);
            AttackBatch batch = TinyModels.batch(victim, grey(2));
            double[] delta =
                    delta(new PgdSpec(0.05, 0.01, 20, true).newAttack().perturb(victim, batch), batch.images());
            for (int i = 0; i < 96; i++) {
                assertThat(delta[i]).isCloseTo(0.05 * Math.signum(w[i % 48]), within(1e-12));
            }
        });
    }

    @Test
    void pgdMovesAnImageWhoseCrossEntropyUnderflows() {
        Scopes.run(() -> {
            double[] w = weights(1, 48);
            Classifier victim = binary(w, 500); // a loss of e^-500, zero even in double precision's sigmoid squared
            Tensor images = grey(1).to(org.bytedeco.pytorch.global.torch.ScalarType.Float);
            AttackBatch batch = TinyModels.batch(victim, images);
            double[] delta =
                    delta(new PgdSpec(0.05, 0.01, 10, false).newAttack().perturb(victim, batch), images);
            for (int i = 0; i < 48; i++) {
                assertThat(delta[i]).isCloseTo(0.05 * Math.signum(w[i]), within(1e-6));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.3, 2})
    void deepFoolGoesStraightToTheBoundaryOfTwoClasses(double lead) {
        Scopes.run(() -> {
            double[] w = weights(1, 48);
            Classifier victim = binary(w, lead);
            AttackBatch batch = TinyModels.batch(victim, grey(1));
            Tensor adversarial = DeepFoolSpec.DEFAULTS.newAttack().perturb(victim, batch);
            double distance = lead / length(w);
            assertThat(length(delta(adversarial, batch.images()))).isCloseTo(1.02 * distance, within(1e-3 * distance));
            assertThat(victim.predict(adversarial)).containsExactly(1);
        });
    }

    @Test
    void deepFoolChoosesTheNearestOfManyBoundaries() {
        Scopes.run(() -> {
            int classes = 12; // more than it tries
            double[][] w = new double[classes][];
            double[] b = new double[classes];
            for (int k = 0; k < classes; k++) {
                w[k] = weights(k, 48);
                double atGrey = 0;
                for (double v : w[k]) {
                    atGrey += 0.5 * v;
                }
                b[k] = (k == 0 ? 1 : 0.1 * (k % 4)) - atGrey; // logits at grey: 1 for class 0, 0 to 0.3 for the others
            }
            Classifier victim = TinyModels.linear(SHAPE, w, b);
            AttackBatch batch = TinyModels.batch(victim, grey(1));
            assertThat(batch.labels()).containsExactly(0);
            double nearest = Double.POSITIVE_INFINITY;
            for (int k = 1; k < classes; k++) {
                double[] difference = new double[48];
                for (int i = 0; i < 48; i++) {
                    difference[i] = w[k][i] - w[0][i];
                }
                nearest = Math.min(nearest, (1 - 0.1 * (k % 4)) / length(difference));
            }
            Tensor adversarial =
                    new DeepFoolSpec(50, 0.02, 12, Norm.L2).newAttack().perturb(victim, batch);
            assertThat(length(delta(adversarial, batch.images()))).isCloseTo(1.02 * nearest, within(1e-3 * nearest));
        });
    }

    @Test
    void deepFoolStaysInsideTheBoxAndStillFools() {
        Scopes.run(() -> {
            double[] w = weights(1, 48);
            double sum = 0;
            double up = 0;
            for (double v : w) {
                sum += v;
                up += Math.max(0, -v); // what a white image can still gain by darkening
            }
            // At white class 0 leads by 0.6 of all that can be gained.
            Classifier victim = TinyModels.linear(SHAPE, new double[][] {new double[48], w}, sum + 0.6 * up, 0);
            AttackBatch batch = TinyModels.batch(victim, TinyModels.images(1, 1, 1, 1, SHAPE));
            assertThat(batch.labels()).containsExactly(0);
            Tensor adversarial = DeepFoolSpec.DEFAULTS.newAttack().perturb(victim, batch);
            assertThat(TinyModels.list(adversarial)).allMatch(v -> v >= 0 && v <= 1);
            assertThat(victim.predict(adversarial)).containsExactly(1);
        });
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.3, 2})
    void cwL2WithBinarySearchFindsTheNearestPoint(double lead) {
        Scopes.run(() -> {
            double[] w = weights(1, 48);
            Classifier victim = binary(w, lead);
            AttackBatch batch = TinyModels.batch(victim, grey(1));
            Tensor adversarial = new CwL2Spec(0.1, 0.01, 250, 0, 9, 60, Target.NONE)
                    .newAttack()
                    .perturb(victim, batch);
            double distance = lead / length(w);
            assertThat(victim.predict(adversarial)).containsExactly(1);
            assertThat(length(delta(adversarial, batch.images()))).isBetween(distance, 1.01 * distance);
        });
    }

    @Test
    void cwL2WinsByItsConfidence() {
        Scopes.run(() -> {
            Classifier victim = binary(weights(1, 48), 0.3);
            AttackBatch batch = TinyModels.batch(victim, grey(1));
            Tensor adversarial = new CwL2Spec(10, 0.01, 300, 1.5, 1, 50, Target.NONE)
                    .newAttack()
                    .perturb(victim, batch);
            double[] logits = TinyModels.values(victim.logits(adversarial));
            assertThat(logits[1] - logits[0]).isGreaterThanOrEqualTo(1.5);
        });
    }

    @Test
    void cwLinfFlipsExactlyWhenTheBallAllowsIt() {
        Scopes.run(() -> {
            double[] w = weights(1, 48);
            double l1 = 0;
            for (double v : w) {
                l1 += Math.abs(v);
            }
            double epsilon = 0.03;
            for (double share : new double[] {0.5, 0.95, 1.05}) {
                Classifier victim = binary(w, share * epsilon * l1);
                AttackBatch batch = TinyModels.batch(victim, grey(1));
                Tensor adversarial = new CwLinfSpec(epsilon, 5, 0.005, 100, 0, Target.NONE)
                        .newAttack()
                        .perturb(victim, batch);
                assertThat(victim.predict(adversarial)).containsExactly(share < 1 ? 1 : 0);
                assertThat(TinyModels.distance(adversarial, batch.images())).isLessThanOrEqualTo(epsilon + 1e-12);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.3, 2})
    void cwLinfWithTauFindsTheSmallestLargestChange(double lead) {
        Scopes.run(() -> {
            double[] w = weights(1, 48);
            double l1 = 0;
            for (double v : w) {
                l1 += Math.abs(v);
            }
            Classifier victim = binary(w, lead);
            AttackBatch batch = TinyModels.batch(victim, grey(1));
            Tensor adversarial = CwLinfTauSpec.DEFAULTS.newAttack().perturb(victim, batch);
            assertThat(victim.predict(adversarial)).containsExactly(1);
            assertThat(TinyModels.distance(adversarial, batch.images())).isBetween(lead / l1, 1.05 * lead / l1);
        });
    }

    @Test
    void pgdInTheEuclideanBallEndsAlongTheGradient() {
        Scopes.run(() -> {
            double[] w = weights(1, 48);
            Classifier victim = binary(w, 3);
            AttackBatch batch = TinyModels.batch(victim, grey(2));
            double[] delta = delta(
                    PgdSpec.DEFAULTS
                            .with("norm", "l2")
                            .with("epsilon", 0.3)
                            .with("step-size", 0.1)
                            .newAttack()
                            .perturb(victim, batch),
                    batch.images());
            for (int i = 0; i < 96; i++) {
                assertThat(delta[i]).isCloseTo(0.3 * w[i % 48] / length(w), within(1e-9));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.3, 2})
    void deepFoolInTheMaximumNormGoesStraightToTheBoundary(double lead) {
        Scopes.run(() -> {
            double[] w = weights(1, 48);
            double l1 = 0;
            for (double v : w) {
                l1 += Math.abs(v);
            }
            Classifier victim = binary(w, lead);
            AttackBatch batch = TinyModels.batch(victim, grey(1));
            Tensor adversarial =
                    new DeepFoolSpec(50, 0.02, 10, Norm.LINF).newAttack().perturb(victim, batch);
            assertThat(TinyModels.distance(adversarial, batch.images()))
                    .isCloseTo(1.02 * lead / l1, within(1e-3 * lead / l1));
            assertThat(victim.predict(adversarial)).containsExactly(1);
        });
    }

    /**
     * Two classes with {@code z₁ − z₀ = Σ a (x − 0.5)² − r²}: seen from grey, the boundary is an ellipsoid, nearest along
     * the steepest axis.
     */
    private static Classifier ellipsoid(double steepest, double radius) {
        return new FunctionVictim(2, SHAPE, x -> {
            Tensor centred = x.flatten(1, -1).sub(new Scalar(0.5));
            Tensor scales = Tensor.create(
                            java.util.stream.IntStream.range(0, 48)
                                    .mapToDouble(i -> i == 17 ? steepest : 1)
                                    .toArray(),
                            1,
                            48)
                    .to(x.scalar_type());
            Tensor lead = centred.square().mul(scales).sum(1).sub(new Scalar(radius * radius));
            return torch.stack(new TensorVector(lead.neg(), lead), 1).mul(new Scalar(10.0));
        });
    }

    @Test
    void cwL2FindsTheNearestPointOfAnEllipsoid() {
        Scopes.run(() -> {
            Classifier victim = ellipsoid(9, 0.3);
            // Just off the centre, where the gradient is nothing; nearest: along axis 17, at 0.3 / 3.
            Tensor images = grey(1).clone();
            images.flatten().select(0, 17).add_(new Scalar(0.01));
            AttackBatch batch = TinyModels.batch(victim, images);
            assertThat(batch.labels()).containsExactly(0);
            double nearest = 0.1 - 0.01;
            Tensor adversarial = new CwL2Spec(0.1, 0.01, 300, 0, 9, 60, Target.NONE)
                    .newAttack()
                    .perturb(victim, batch);
            assertThat(victim.predict(adversarial)).containsExactly(1);
            assertThat(length(delta(adversarial, images))).isBetween(nearest, 1.01 * nearest);
        });
    }

    @Test
    void deepFoolWalksStraightIntoASphere() {
        Scopes.run(() -> {
            Classifier victim = ellipsoid(1, 0.3);
            Tensor images = TinyModels.images(5, 0.4, 0.6, 1, SHAPE);
            double fromCentre = length(delta(images, grey(1)));
            AttackBatch batch = TinyModels.batch(victim, images);
            assertThat(batch.labels()).containsExactly(1);
            Tensor adversarial =
                    new DeepFoolSpec(50, 0.02, 10, Norm.L2).newAttack().perturb(victim, batch);
            assertThat(victim.predict(adversarial)).containsExactly(0);
            assertThat(length(delta(adversarial, images))).isBetween(fromCentre - 0.3, 1.0201 * (fromCentre - 0.3));
        });
    }

    @Test
    void thePatchIsTheCornerOfTheBallInsideAndTheImageOutside() {
        Scopes.run(() -> {
            double[] w = weights(1, 48);
            Classifier victim = binary(w, 3);
            AttackBatch batch = TinyModels.batch(victim, TinyModels.images(3, 0.2, 0.8, 16, SHAPE));
            double[] delta = delta(
                    new PatchSpec(0.05, 2, 3, 0.02, 10, false).newAttack().perturb(victim, batch), batch.images());
            for (int n = 0; n < 16; n++) {
                int changed = 0;
                for (int i = 0; i < 48; i++) {
                    double d = delta[48 * n + i];
                    if (d != 0) {
                        changed++;
                        assertThat(d).isCloseTo(0.05 * Math.signum(w[i]), within(1e-12));
                    }
                }
                assertThat(changed).isEqualTo(2 * 3 * 3);
            }
        });
    }

    @Test
    void logitsThatAreAllNegativeOrAllShiftedMakeNoDifference() {
        Scopes.run(() -> {
            Classifier victim = TinyModels.conv();
            Classifier shifted =
                    new FunctionVictim(5, victim.input(), x -> victim.logits(x).sub(new Scalar(64.0)));
            Tensor images = TinyModels.images(4, 0, 1, 4, victim.input());
            for (AttackSpec spec : AttackContractTest.specs()) {
                Tensor a = spec.newAttack().perturb(victim, TinyModels.batch(victim, images));
                Tensor b = spec.newAttack().perturb(shifted, TinyModels.batch(victim, images));
                assertThat(TinyModels.distance(a, b)).as(spec.id()).isLessThan(1e-9);
            }
        });
    }
}
