package io.redrl.calibration;

import io.redrl.attack.AttackClass;
import io.redrl.tensor.ComputeDevice;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Squared Mahalanobis distance to the nearest class mean, with one covariance for all classes (Lee et al., "A Simple Unified
 * Framework for Detecting Out-of-Distribution Samples and Adversarial Attacks", NeurIPS 2018).
 *
 * @param first the first of the D features that it looks at
 * @param whitening W with WᵀW the inverse of the covariance, {@code [D,D]} float64
 * @param means W·μ of each class, {@code [K,D]} float64
 */
record MahalanobisScore(int first, Tensor whitening, Tensor means) implements OodScore {
    /** Added to the covariance's diagonal, as a part of its mean: features of few images, or of dead channels, are nearly dependent. */
    static final double SHRINKAGE = 1e-2;

    /** Exact distances, not by |a|² + |b|² − 2ab. */
    static final long WITHOUT_PRODUCTS = 2;

    MahalanobisScore {
        Scopes.owned(whitening);
        Scopes.owned(means);
    }

    /** A score that looks at the features from {@code first} on, up to {@code end}. */
    static MahalanobisScore fit(Activations known, int first, int end, int[] classes) {
        return Scopes.valuedNoGrad(() -> {
            Tensor x = known.featureMatrix().narrow(1, first, end - first); // [N,D]
            Tensor labels = Tensors.longs(Arrays.stream(classes).asLongStream().toArray());
            Tensor members = torch.one_hot(labels, AttackClass.values().length).to(ScalarType.Double); // [N,K]
            Tensor counts = members.sum(0).unsqueeze(1);
            // A class without images lies at the mean of all.
            Tensor means =
                    torch.where(counts.gt(new Scalar(0)), members.t().matmul(x).div(counts), x.mean(0));
            Tensor centred = x.sub(means.index_select(0, labels));
            Tensor covariance = centred.t().matmul(centred).div(new Scalar((double) known.size()));
            double raised = Math.max(SHRINKAGE * covariance.diagonal().mean().item_double(), 1e-12);
            Tensor one = ComputeDevice.place(torch.eye(end - first)).to(ScalarType.Double);
            Tensor lower = torch.linalg_cholesky(covariance.add(one.mul(new Scalar(raised))));
            Tensor whitening = torch.linalg_solve_triangular(lower, one, false);
            return new MahalanobisScore(first, whitening, means.matmul(whitening.t()));
        });
    }

    static MahalanobisScore of(Function<String, Tensor> parts) {
        return new MahalanobisScore(
                (int) parts.apply("first").item_double(), parts.apply("whitening"), parts.apply("means"));
    }

    @Override
    public Tensor of(Tensor features, Tensor logits) {
        Tensor z = features.narrow(1, first, whitening.size(0)).matmul(whitening.t());
        return torch.cdist(z, means, 2, new LongOptional(WITHOUT_PRODUCTS))
                .square()
                .amin(new long[] {1}, false);
    }

    @Override
    public int featureCount() {
        return first + (int) whitening.size(0);
    }

    @Override
    public Map<String, Tensor> parts() {
        return Map.of("first", Tensors.doubles(new double[] {first}, 1, 1), "whitening", whitening, "means", means);
    }

    @Override
    public void close() {
        whitening.close();
        means.close();
    }
}
