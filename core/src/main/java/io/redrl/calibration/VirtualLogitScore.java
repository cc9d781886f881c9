package io.redrl.calibration;

import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * α·|x⊥| − ln Σ exp(logits), x⊥ being what the principal directions leave of a centred feature.
 *
 * @param first the first of the features that it looks at
 * @param centre their mean, {@code [D]}
 * @param principal orthonormal directions, {@code [P][D]}
 * @param scale α: mean of the greatest logit over mean of |x⊥|, both over the images that it was fitted on
 */
@SuppressWarnings("ArrayRecordComponent")
record VirtualLogitScore(int first, double[] centre, double[][] principal, double scale) implements OodScore {
    /** The principal directions hold this part of the variance. */
    private static final double KEPT = 0.95;

    static VirtualLogitScore fit(Activations known) {
        double[][] rows = Covariance.from(known.features(), known.head());
        int[] one = new int[rows.length];
        double[][] mean = Covariance.means(rows, one, 1);
        double[][] principal = principal(Covariance.shared(rows, one, mean));
        VirtualLogitScore unscaled = new VirtualLogitScore(known.head(), mean[0], principal, 1);
        double greatest = Arrays.stream(known.logits())
                .mapToDouble(row -> Arrays.stream(row).max().orElse(0))
                .average()
                .orElse(0);
        double left = Arrays.stream(known.features())
                .mapToDouble(unscaled::left)
                .average()
                .orElse(0);
        return new VirtualLogitScore(known.head(), mean[0], principal, left > 0 ? greatest / left : 0);
    }

    private static double[][] principal(double[][] covariance) {
        int size = covariance.length;
        float[] flat = new float[size * size];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = (float) covariance[i / size][i % size];
        }
        return Scopes.valuedNoGrad(() -> {
            Tensor matrix = Tensors.floats(flat, size, size).to(ScalarType.Double);
            T_TensorTensor_T eigen = torch.linalg_eigh(matrix); // ascending
            double[] values = Tensors.toDoubles(eigen.get0());
            double[] vectors = Tensors.toDoubles(eigen.get1().t()); // one in each row
            double total = Arrays.stream(values).sum();
            int count = 0;
            double kept = 0;
            while (count < size - 1 && (count == 0 || kept < KEPT * total)) {
                kept += values[size - 1 - count];
                count++;
            }
            double[][] rows = new double[count][];
            for (int i = 0; i < count; i++) {
                int from = (size - 1 - i) * size;
                rows[i] = Arrays.copyOfRange(vectors, from, from + size);
            }
            return rows;
        });
    }

    private double left(double[] features) {
        double[] own = new double[centre.length];
        for (int j = 0; j < own.length; j++) {
            own[j] = features[first + j] - centre[j];
        }
        double left = Covariance.squaredDistance(own, new double[own.length]);
        for (double[] direction : principal) {
            double along = 0;
            for (int j = 0; j < own.length; j++) {
                along += direction[j] * own[j];
            }
            left -= along * along;
        }
        return Math.sqrt(Math.max(0, left));
    }

    @Override
    public double of(double[] features, double[] logits) {
        return scale * left(features) - Temperature.logSumExp(logits, 1);
    }

    @Override
    public int end() {
        return first + centre.length;
    }

    @Override
    public Map<String, double[][]> parts() {
        Map<String, double[][]> parts = new LinkedHashMap<>();
        parts.put("first", new double[][] {{first}});
        parts.put("centre", new double[][] {centre});
        parts.put("principal", principal);
        parts.put("scale", new double[][] {{scale}});
        return parts;
    }
}
