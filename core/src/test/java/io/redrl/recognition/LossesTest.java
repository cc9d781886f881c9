package io.redrl.recognition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class LossesTest {
    @Test
    void reconstructionSumsOverAnImageAndAveragesOverTheBatch() {
        // ‖(0.5, 0, −0.25)‖₁ = 0.75 and ‖(0, 0, 1)‖₁ = 1: mean 0.875.
        double loss = Scopes.valued(() -> (double) Losses.reconstruction(
                        Tensors.floats(new float[] {0, 0, 0.5f, 1, 1, 0}, 2, 3, 1, 1),
                        Tensors.floats(new float[] {0.5f, 0, 0.25f, 1, 1, 1}, 2, 3, 1, 1))
                .item_float());
        assertThat(loss).isCloseTo(0.875, within(1e-7));
    }

    @Test
    void featuresAreComparedByEuclideanLengthPerSample() {
        // ‖(3, 4)‖ = 5 and ‖(0, 1)‖ = 1: mean 3, not the length √26 of both together.
        double loss = Scopes.valued(() -> (double) Losses.features(
                        Tensors.floats(new float[] {0, 0, 2, 2}, 2, 2, 1, 1),
                        Tensors.floats(new float[] {3, 4, 2, 1}, 2, 2, 1, 1))
                .item_float());
        assertThat(loss).isCloseTo(3, within(1e-6));
    }

    @Test
    void equalFeaturesGiveAGradientOfZeroRatherThanNan() {
        float[] gradient = Scopes.valued(() -> {
            Tensor features = Tensors.floats(new float[] {1, 2}, 1, 2).requires_grad_(true);
            return Tensors.toFloats(
                    Tensors.gradient(Losses.features(Tensors.floats(new float[] {1, 2}, 1, 2), features), features));
        });
        assertThat(gradient).containsExactly(0, 0);
    }

    @Test
    void imageClassificationIsPlainCrossEntropy() {
        // −log softmax(1, 0)[0] = log(1 + e⁻¹); −log softmax(0, 2)[0] = log(1 + e²).
        double loss = Scopes.valued(() ->
                (double) Losses.imageClassification(Tensors.floats(new float[] {1, 0, 0, 2}, 2, 2), Tensors.longs(0, 0))
                        .item_float());
        assertThat(loss).isCloseTo((Math.log1p(Math.exp(-1)) + Math.log1p(Math.exp(2))) / 2, within(1e-6));
    }

    @Test
    void strangersAreToBelongToNoClass() {
        // ½(−log softmax(1, 0)[0] − log softmax(1, 0)[1]) = log(1 + e⁻¹) + ½; least, log 2, where logits are equal.
        double apart = Scopes.valued(() -> (double)
                Losses.outliers(Tensors.floats(new float[] {1, 0}, 1, 2)).item_float());
        double equal = Scopes.valued(() -> (double)
                Losses.outliers(Tensors.floats(new float[] {3, 3}, 1, 2)).item_float());
        assertThat(apart).isCloseTo(Math.log1p(Math.exp(-1)) + 0.5, within(1e-6));
        assertThat(equal).isCloseTo(Math.log(2), within(1e-6));
    }

    @Test
    void attackClassificationSmoothsOverSixClasses() {
        double[] logits = {0.5, -1, 2, 0, 0.25, -0.5};
        double sum = 0;
        for (double z : logits) {
            sum += Math.exp(z);
        }
        // Target 0.8 + 0.2/6 at class 2, 0.2/6 at each of the other five.
        double expected = 0;
        for (int k = 0; k < 6; k++) {
            double target = k == 2 ? 0.8 + 0.2 / 6 : 0.2 / 6;
            expected -= target * (logits[k] - Math.log(sum));
        }
        double loss = Scopes.valued(() -> (double) Losses.attackClassification(
                        Tensors.floats(new float[] {0.5f, -1, 2, 0, 0.25f, -0.5f}, 1, 6), Tensors.longs(2), 0.2)
                .item_float());
        assertThat(loss).isCloseTo(expected, within(1e-6));
    }
}
