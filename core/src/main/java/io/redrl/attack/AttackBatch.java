package io.redrl.attack;

import io.redrl.base.Checks;
import io.redrl.base.Seed;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * Images to attack. What an attack draws for an image comes from {@code seed.child(id)}, so that the result for an image
 * does not depend on its batch.
 *
 * @param images {@code [N,C,H,W]} float32 in [0, 1]; never modified; owned by the caller
 * @param labels N classes that the attack moves away from: true labels, or the victim's own predictions
 * @param ids N names of the images, their data-set indices; any distinct numbers
 * @param seed the seed of the whole run, not of this batch
 */
@SuppressWarnings("ArrayRecordComponent")
public record AttackBatch(Tensor images, long[] labels, long[] ids, Seed seed) {
    /** Checks that the sizes agree. */
    public AttackBatch {
        long[] shape = Tensors.shape(images);
        Checks.require(shape.length == 4, "images must have shape [N,C,H,W], got %d dimensions", shape.length);
        Checks.require(
                labels.length == shape[0] && ids.length == shape[0],
                "%d images need as many labels and ids, got %d and %d",
                shape[0],
                labels.length,
                ids.length);
        labels = labels.clone();
        ids = ids.clone();
    }

    /** The number of images N. */
    public int size() {
        return labels.length;
    }

    /** The seed of image {@code i} of this batch. */
    public Seed seedOf(int i) {
        return seed.child(ids[i]);
    }
}
