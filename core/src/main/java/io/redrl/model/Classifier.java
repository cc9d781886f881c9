package io.redrl.model;

import io.redrl.image.ImageShape;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A frozen image classifier: pixels in [0, 1] in, logits out. Normalisation is inside, batch norm is in evaluation
 * mode, no parameter records gradients; gradients flow to the input.
 *
 * <p>This is what attacks, REDRL and saliency call a victim (Φ in the paper). Closing it frees its native memory.
 */
public interface Classifier extends AutoCloseable {
    /** A short name, such as {@code resnet20}; part of file names and tables. */
    String id();

    /** The number of classes K. */
    int classes();

    /** The names of the classes in the order of the logits; none if nobody knows them. */
    default List<String> classNames() {
        return List.of();
    }

    /** The size of image that it was trained on. */
    ImageShape input();

    /** What its user should know before using it, each the end of a sentence that begins with its id; none for most. */
    default List<String> remarks() {
        return List.of();
    }

    /**
     * Logits.
     *
     * @param images {@code [N,C,H,W]} float32 in [0, 1]
     * @return {@code [N,K]} float32, in the caller's scope, with a graph if {@code images} records gradients
     */
    Tensor logits(Tensor images);

    /** Whether {@link #lowPrecisionLogits} are others than {@link #logits}, and cheaper. */
    default boolean hasLowPrecision() {
        return false;
    }

    /**
     * Logits in a lower precision: good enough for finding a direction, never for a prediction. Here the same as {@link #logits}; {@link NetworkClassifier} computes them in bfloat16.
     *
     * @param images {@code [N,C,H,W]} float32 in [0, 1]
     * @return {@code [N,K]} float32, in the caller's scope, with a graph if {@code images} records gradients
     */
    default Tensor lowPrecisionLogits(Tensor images) {
        return logits(images);
    }

    /** SHA-256 of the weights file, in hexadecimal: names this very classifier in manifests. */
    String checksum();

    /** The most likely class of each image. */
    default long[] predict(Tensor images) {
        return Scopes.valuedNoGrad(() -> Tensors.argmax(logits(images)));
    }

    @Override
    void close();
}
