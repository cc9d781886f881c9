package io.redrl.recognition;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.base.Seed;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class RecogniserNetworksTest {
    @Test
    void errorsOfPredictionMakeAnInputOfTheirOwn() {
        RecogniserSpec spec = Toy.spec(RecogniserInput.PREDICTION_ERROR_AND_IMAGE);
        try (RecogniserNetworks networks = new RecogniserNetworks(spec)) {
            networks.modules().values().forEach(module -> module.eval());
            Scopes.run(() -> {
                Tensor images = Tensors.uniform(new Seed(1), 2, 3, Toy.SIZE, Toy.SIZE);
                Tensor logits = networks.logits(images, null, null, null, Precision.FP32);
                assertThat(Tensors.shape(logits)).containsExactly(2, 6);
                Tensor alone = networks.logits(images.narrow(0, 1, 1), null, null, null, Precision.FP32);
                assertThat(Tensors.toFloats(logits.narrow(0, 1, 1)))
                        .usingComparatorWithPrecision(1e-4f)
                        .containsExactly(Tensors.toFloats(alone));
            });
        }
    }
}
