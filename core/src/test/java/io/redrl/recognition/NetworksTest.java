package io.redrl.recognition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.Seed;
import io.redrl.features.LinearPredictionResidual;
import io.redrl.features.SrmFilters;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.Toy;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class NetworksTest {
    @Test
    void errorsOfPredictionComeAtTwoGainsAndCut() {
        RecogniserSpec spec = Toy.spec(RecogniserInput.LINEAR_PREDICTION_RESIDUAL_AND_IMAGE);
        try (Networks networks = new Networks(spec)) {
            Scopes.run(() -> {
                Tensor images = Tensors.uniform(new Seed(1), 1, 1, Toy.SIZE, Toy.SIZE)
                        .expand(1, 3, Toy.SIZE, Toy.SIZE)
                        .mul(new Scalar(0.8))
                        .add(Tensors.uniform(new Seed(2), 1, 3, Toy.SIZE, Toy.SIZE)
                                .mul(new Scalar(0.1)));
                float[] errors =
                        Tensors.toFloats(LinearPredictionResidual.of(images).residuals(images));
                Tensor input = new PsiInput(images, null, null, null).maps(spec);
                float[] fine = Tensors.toFloats(input.narrow(1, 0, 3));
                float[] coarse = Tensors.toFloats(input.narrow(1, 3, 3));
                double scale = spec.residualScale();
                boolean cut = false;
                for (int i = 0; i < errors.length; i++) {
                    assertThat((double) fine[i])
                            .isCloseTo(Math.max(-1, Math.min(1, 4 * scale * errors[i])), within(1e-4));
                    assertThat((double) coarse[i])
                            .isCloseTo(Math.max(-1, Math.min(1, scale * errors[i])), within(1e-4));
                    cut |= Math.abs(4 * scale * errors[i]) > 1;
                }
                assertThat(cut).isTrue();
                assertThat(Tensors.toFloats(input.narrow(1, 6, SrmFilters.MAPS)))
                        .usingComparatorWithPrecision(1e-5f)
                        .containsExactly(Tensors.toFloats(SrmFilters.maps(images)
                                .mul(new Scalar(scale))
                                .clamp(Tensors.scalar(-1), Tensors.scalar(1))));
            });
        }
    }

    @Test
    void errorsOfPredictionMakeAnInputOfTheirOwn() {
        RecogniserSpec spec = Toy.spec(RecogniserInput.LINEAR_PREDICTION_RESIDUAL_AND_IMAGE);
        try (Networks networks = new Networks(spec)) {
            networks.modules().values().forEach(module -> module.eval());
            Scopes.run(() -> {
                Tensor images = Tensors.uniform(new Seed(1), 2, 3, Toy.SIZE, Toy.SIZE);
                Tensor logits = networks.logits(new PsiInput(images, null, null, null), Precision.FP32);
                assertThat(Tensors.shape(logits)).containsExactly(2, 6);
                Tensor alone = networks.logits(new PsiInput(images.narrow(0, 1, 1), null, null, null), Precision.FP32);
                assertThat(Tensors.toFloats(logits.narrow(0, 1, 1)))
                        .usingComparatorWithPrecision(1e-4f)
                        .containsExactly(Tensors.toFloats(alone));
            });
        }
    }
}
