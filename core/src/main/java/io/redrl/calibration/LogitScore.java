package io.redrl.calibration;

import io.redrl.tensor.Tensors;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * OOD score of the logits alone.
 *
 * @param temperature logits are divided by it
 * @param method {@link OodMethod#MAX_SOFTMAX} or {@link OodMethod#MAX_LOGIT}
 */
record LogitScore(double temperature, OodMethod method) implements OodScore {
    @Override
    public Tensor of(Tensor features, Tensor logits) {
        Tensor z = logits.div(new Scalar(temperature));
        Tensor greatest = z.amax(new long[] {1}, false);
        return method == OodMethod.MAX_LOGIT
                ? greatest.neg()
                : greatest.sub(z.logsumexp(1)).exp().neg().add(new Scalar(1.0));
    }

    @Override
    public int featureCount() {
        return 0;
    }

    @Override
    public Map<String, Tensor> parts() {
        return Map.of("temperature", Tensors.doubles(new double[] {temperature}, 1, 1));
    }

    @Override
    public void close() {
        // Holds no native memory.
    }
}
