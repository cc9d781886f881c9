package io.redrl.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.Seed;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class LinearPredictionResidualTest {
    private static final int SIZE = 12;
    private static final double RIDGE = 1e-6;

    /** Colours that go together, and some noise of their own. */
    private static Tensor images(int count) {
        Tensor grey = Tensors.uniform(new Seed(1), count, 1, SIZE, SIZE).mul(new Scalar(0.8));
        return grey.add(Tensors.uniform(new Seed(2), count, 3, SIZE, SIZE).mul(new Scalar(0.1)));
    }

    @Test
    void isTheResidualOfLeastSquares() {
        Scopes.run(() -> {
            Tensor images = images(2);
            float[] pixels = Tensors.toFloats(images);
            float[] errors =
                    Tensors.toFloats(LinearPredictionResidual.of(images).residuals(images));
            for (int image = 0; image < 2; image++) {
                for (int colour = 0; colour < 3; colour++) {
                    double[] expected = leastSquares(pixels, image * 3 * SIZE * SIZE, colour);
                    for (int i = 0; i < expected.length; i++) {
                        int at = (image * 3 + colour) * SIZE * SIZE + i;
                        assertThat((double) errors[at]).isCloseTo(expected[i], within(1e-4));
                    }
                }
            }
        });
    }

    @Test
    void leavesNothingOfAPictureWhoseColoursAreTheSame() {
        Scopes.run(() -> {
            Tensor grey = images(1).narrow(1, 0, 1).expand(1, 3, SIZE, SIZE).contiguous();
            Tensor errors = LinearPredictionResidual.of(grey).residuals(grey);
            assertThat(errors.abs().max().item_double()).isLessThan(2e-3);
        });
    }

    @Test
    void leavesMostOfWhatIsAddedToOneColourAlone() {
        Scopes.run(() -> {
            Tensor grey = images(1).narrow(1, 0, 1).expand(1, 3, SIZE, SIZE).contiguous();
            Tensor added = Tensors.normal(new Seed(4), 1, 1, SIZE, SIZE).mul(new Scalar(2 / 255.0));
            Tensor changed = grey.clone();
            changed.select(1, 1).add_(added.squeeze(1));
            Tensor left = LinearPredictionResidual.of(changed)
                    .residuals(changed)
                    .select(1, 1)
                    .flatten();
            Tensor sought = added.flatten();
            double cosine = left.dot(sought).item_double()
                    / (left.norm().item_double() * sought.norm().item_double());
            assertThat(cosine).isGreaterThan(0.8);
        });
    }

    @Test
    void flatImagesHaveNoErrorsAndNothingIsNotANumber() {
        Scopes.run(() -> {
            Tensor flat = Tensors.uniform(new Seed(3), 1, 3, 1, 1)
                    .expand(1, 3, SIZE, SIZE)
                    .contiguous();
            float[] errors = Tensors.toFloats(LinearPredictionResidual.of(flat).residuals(flat));
            for (float error : errors) {
                assertThat(error).isCloseTo(0, within(1e-5f));
            }
        });
    }

    /** Solves the normal equations of one image and colour by elimination. */
    private static double[] leastSquares(float[] pixels, int start, int colour) {
        int n = SIZE * SIZE;
        double[][] z = new double[27][n];
        for (int c = 0; c < 3; c++) {
            for (int tap = 0; tap < 9; tap++) {
                double mean = 0;
                for (int i = 0; i < n; i++) {
                    int y = Math.min(SIZE - 1, Math.max(0, i / SIZE + tap / 3 - 1));
                    int x = Math.min(SIZE - 1, Math.max(0, i % SIZE + tap % 3 - 1));
                    z[c * 9 + tap][i] = pixels[start + c * n + y * SIZE + x];
                    mean += z[c * 9 + tap][i] / n;
                }
                for (int i = 0; i < n; i++) {
                    z[c * 9 + tap][i] -= mean;
                }
            }
        }
        int target = colour * 9 + 4;
        double[][] a = new double[26][27];
        for (int r = 0; r < 26; r++) {
            double[] row = z[r < target ? r : r + 1];
            for (int c = 0; c < 26; c++) {
                a[r][c] = dot(row, z[c < target ? c : c + 1]) / n + (r == c ? RIDGE : 0);
            }
            a[r][26] = dot(row, z[target]) / n;
        }
        eliminate(a);
        double[] errors = z[target].clone();
        for (int r = 0; r < 26; r++) {
            for (int i = 0; i < n; i++) {
                errors[i] -= a[r][26] * z[r < target ? r : r + 1][i];
            }
        }
        return errors;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /** Gauss and Jordan; a positive definite matrix needs no pivots. */
    private static void eliminate(double[][] a) {
        for (int i = 0; i < a.length; i++) {
            double pivot = a[i][i];
            for (int c = 0; c < a[i].length; c++) {
                a[i][c] /= pivot;
            }
            for (int r = 0; r < a.length; r++) {
                double factor = r == i ? 0 : a[r][i];
                for (int c = 0; c < a[r].length && factor != 0; c++) {
                    a[r][c] -= factor * a[i][c];
                }
            }
        }
    }
}
