package io.redrl.bench;

import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * A network as one has it after loading: evaluation mode, float32, NCHW, batch norm not folded; its parameters record
 * gradients unless it was {@linkplain Subject frozen}.
 */
interface PlainModel extends AutoCloseable {
    /** Logits {@code [N,K]} of pixels {@code [N,C,H,W]} in [0, 1]; joins the caller's scope. */
    Tensor logits(Tensor images);

    /** Forgets the gradients that a backward pass has left in the parameters. */
    void zeroGrad();

    /** The most likely class of each image. */
    default long[] predict(Tensor images) {
        return Scopes.valuedNoGrad(() -> Tensors.argmax(logits(images)));
    }

    @Override
    void close();
}
