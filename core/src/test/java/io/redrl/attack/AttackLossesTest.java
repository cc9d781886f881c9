package io.redrl.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class AttackLossesTest {
    private static final int CLASSES = 6;

    private static final double[] LOGITS = {1, 3, -2, -4, -1, -3};

    @Test
    void theyAreTheirTextbookValues() {
        Scopes.run(() -> {
            Tensor logits = Tensor.create(LOGITS, 2, 3);
            Tensor labels = Tensors.longs(0, 2);
            double first = -Math.log(Math.exp(1) / (Math.exp(1) + Math.exp(3) + Math.exp(-2)));
            double second = -Math.log(Math.exp(-3) / (Math.exp(-4) + Math.exp(-1) + Math.exp(-3)));
            assertThat(TinyModels.values(AttackLosses.crossEntropy(logits, labels)))
                    .containsExactly(new double[] {first, second}, within(1e-12));
            assertThat(TinyModels.values(AttackLosses.logOdds(logits, labels)))
                    .containsExactly(
                            new double[] {Math.log(Math.expm1(first)), Math.log(Math.expm1(second))}, within(1e-12));
            assertThat(TinyModels.values(AttackLosses.margin(logits, labels)))
                    .containsExactly(new double[] {-2, -2}, within(1e-12));
        });
    }

    @Test
    void theMarginIsRightWhereAllLogitsAreNegative() {
        Scopes.run(() -> {
            Tensor logits = Tensor.create(new double[] {-5, -9}, 1, 2);
            assertThat(TinyModels.values(AttackLosses.margin(logits, Tensors.longs(0))))
                    .containsExactly(new double[] {4}, within(1e-12));
        });
    }

    @Test
    void gradientsOfSureImagesAreExactInFloat() {
        Scopes.run(() -> {
            // Differences from 15 to 40: losses from 1e-6 down to 1e-17, most of them lost to softmax − onehot.
            double[] values = new double[26 * 4];
            for (int i = 0; i < 26; i++) {
                values[4 * i] = 15 + i;
                values[4 * i + 1] = 0.5;
                values[4 * i + 2] = -1;
                values[4 * i + 3] = 0.25;
            }
            Tensor labels = Tensors.longs(new long[26]);
            double[] exact = gradient(Tensor.create(values, 26, 4), labels);
            double[] inFloat = gradient(Tensor.create(values, 26, 4).to(ScalarType.Float), labels);
            for (int i = 0; i < exact.length; i++) {
                assertThat(inFloat[i]).isCloseTo(exact[i], within(2e-5 * Math.abs(exact[i])));
            }
            // −p(not y) by hand, at a loss of 2.5e-8.
            double rest = Math.exp(0.5 - 18) + Math.exp(-1 - 18) + Math.exp(0.25 - 18);
            assertThat(exact[4 * 3]).isCloseTo(-rest / (1 + rest), within(1e-18));
        });
    }

    private static double[] gradient(Tensor logits, Tensor labels) {
        Tensor leaf = Logits.leaf(logits);
        return TinyModels.values(
                Tensors.gradient(AttackLosses.crossEntropy(leaf, labels).sum(), leaf));
    }

    @Test
    void aShiftOfAllLogitsChangesNothing() {
        Scopes.run(() -> {
            Tensor logits = Tensor.create(LOGITS, 2, 3);
            Tensor shifted = logits.add(new Scalar(1000.0));
            Tensor labels = Tensors.longs(1, 1);
            assertThat(TinyModels.distance(
                            AttackLosses.crossEntropy(logits, labels), AttackLosses.crossEntropy(shifted, labels)))
                    .isLessThan(1e-12);
            assertThat(TinyModels.distance(AttackLosses.margin(logits, labels), AttackLosses.margin(shifted, labels)))
                    .isLessThan(1e-12);
        });
    }

    @Test
    void oneClassIsRefused() {
        Scopes.run(() -> assertThatThrownBy(
                        () -> AttackLosses.margin(Tensor.create(new double[] {1, 2}, 2, 1), Tensors.longs(0, 0)))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("at least 2 classes"));
    }

    /** Equation (6) of Croce and Hein, or (7) with a target, word by word. */
    private static double slowDlr(double[] z, int label, int target) {
        double[] sorted = z.clone();
        Arrays.sort(sorted);
        int k = z.length;
        if (target >= 0) {
            return -(z[label] - z[target]) / (sorted[k - 1] - (sorted[k - 3] + sorted[k - 4]) / 2);
        }
        double best = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < k; i++) {
            best = i == label ? best : Math.max(best, z[i]);
        }
        return -(z[label] - best) / (sorted[k - 1] - sorted[k - 3]);
    }

    @Test
    void dlrIsItsDefinitionAndKnowsNeitherScaleNorShift() {
        Scopes.run(() -> {
            Tensor logits = Tensors.normal(new Seed(1), 40, CLASSES).to(ScalarType.Double);
            double[] z = TinyModels.values(logits);
            long[] labels = LongStream.range(0, 40).map(i -> i % CLASSES).toArray();
            long[] targets =
                    LongStream.range(0, 40).map(i -> (i + 1 + i % 5) % CLASSES).toArray();
            double[] expected = new double[40];
            double[] expectedTargeted = new double[40];
            for (int i = 0; i < 40; i++) {
                double[] row = Arrays.copyOfRange(z, CLASSES * i, CLASSES * (i + 1));
                expected[i] = slowDlr(row, (int) labels[i], -1);
                expectedTargeted[i] = slowDlr(row, (int) labels[i], (int) targets[i]);
            }
            Tensor moved = logits.mul(new Scalar(37.0)).sub(new Scalar(500.0));
            for (Tensor form : new Tensor[] {logits, moved}) {
                assertThat(TinyModels.values(AttackLosses.dlr(form, Tensors.longs(labels))))
                        .containsExactly(expected, within(1e-9));
                assertThat(TinyModels.values(
                                AttackLosses.targetedDlr(form, Tensors.longs(labels), Tensors.longs(targets))))
                        .containsExactly(expectedTargeted, within(1e-9));
            }
        });
    }

    @Test
    void theGradientOfDlrIsItsSlope() {
        Scopes.run(() -> {
            double[] z = {0.3, 2, -1, 1.2, 0.7};
            for (long target : new long[] {-1, 3}) {
                Tensor leaf = Logits.leaf(Tensor.create(z, 1, 5));
                double[] gradient =
                        TinyModels.values(Tensors.gradient(dlr(leaf, 1, target).sum(), leaf));
                for (int i = 0; i < 5; i++) {
                    double[] ahead = z.clone();
                    ahead[i] += 1e-6;
                    double slope = (slowDlr(ahead, 1, (int) target) - slowDlr(z, 1, (int) target)) / 1e-6;
                    assertThat(gradient[i]).isCloseTo(slope, within(1e-5));
                }
            }
        });
    }

    private static Tensor dlr(Tensor logits, long label, long target) {
        return target < 0
                ? AttackLosses.dlr(logits, Tensors.longs(label))
                : AttackLosses.targetedDlr(logits, Tensors.longs(label), Tensors.longs(target));
    }

    @Test
    void dlrIsFiniteWhereAllLogitsAreTheSameAndNeedsThreeClassesOrFour() {
        Scopes.run(() -> {
            Tensor flat = Tensor.create(new double[4], 1, 4);
            assertThat(TinyModels.values(dlr(flat, 0, -1))).containsExactly(new double[] {0}, within(1e-15));
            assertThat(TinyModels.values(dlr(flat, 0, 1))).containsExactly(new double[] {0}, within(1e-15));
            assertThatThrownBy(() -> dlr(flat.narrow(1, 0, 2), 0, -1))
                    .isInstanceOf(RedrlException.class)
                    .hasMessageContaining("DLR")
                    .hasMessageContaining("at least 3 classes, got 2");
            assertThatThrownBy(() -> dlr(flat.narrow(1, 0, 3), 0, 1))
                    .isInstanceOf(RedrlException.class)
                    .hasMessageContaining("targeted DLR")
                    .hasMessageContaining("at least 4 classes, got 3");
        });
    }
}
