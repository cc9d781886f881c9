package io.redrl.tensor;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** The norms that attacks are measured and bounded in, per sample over all pixels and channels. */
public enum Norm {
    /** Euclidean length. */
    L2 {
        @Override
        public Tensor of(Tensor delta) {
            return Scopes.scoped(() -> flat(delta).norm(new org.bytedeco.pytorch.ScalarOptional(new Scalar(2.0)), 1));
        }
    },
    /** Largest absolute change of a single value. */
    LINF {
        @Override
        public Tensor of(Tensor delta) {
            return Scopes.scoped(() -> flat(delta).abs().amax(new long[] {1}, false));
        }
    };

    /**
     * The norm of each sample.
     *
     * @param delta {@code [N, …]} floating point
     * @return {@code [N]}, in the caller's scope
     */
    public abstract Tensor of(Tensor delta);

    private static Tensor flat(Tensor delta) {
        return delta.reshape(delta.size(0), -1);
    }
}
