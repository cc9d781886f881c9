package io.redrl.model;

import io.redrl.base.Seed;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Tensor;

/** Two convolutions with batch norm, average pooling, a linear layer: small enough for any test. */
public final class TinyNetwork extends Network {
    private final ConvNorm first = convNorm("conv1", "bn1", 3, 6, 3, 1, 1, true);
    private final ConvNorm second = convNorm("conv2", "bn2", 6, 8, 3, 2, 2, false);
    private final LinearImpl fc;

    /** Weights drawn from {@code seed}. */
    public TinyNetwork(int classes, Seed seed) {
        super("TinyNetwork");
        fc = linear("fc", 8, classes);
        Initialisation.draw(this, seed);
    }

    @Override
    public Tensor forward(Tensor x) {
        return fc.forward(second.forwardRelu(first.forwardRelu(x)).mean(new long[] {2, 3}));
    }
}
