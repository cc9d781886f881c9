package io.redrl.attack;

import io.redrl.base.Checks;
import io.redrl.base.Seed;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * A batch of images to attack. What an attack draws for an image comes from {@code seed.child(id)}, so that the result for an image
 * does not depend on its batch.
 *
 * @param images {@code [N,C,H,W]} float32 in [0, 1]; never modified; owned by the caller
 * @param labels N classes that the attack moves away from: true labels, or the victim's own predictions
 * @param targets N classes that the victim should see instead, none of them its image's label; or empty for an untargeted
 *     attack, after which any class but the label will do
 * @param ids N names of the images, their data-set indices; any distinct numbers
 * @param seed the seed of the whole run, not of this batch
 */
@SuppressWarnings("ArrayRecordComponent")
public record AttackBatch(Tensor images, long[] labels, long[] targets, long[] ids, Seed seed) {
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
        Checks.require(
                targets.length == 0 || targets.length == shape[0],
                "%d images need as many targets, or none at all, got %d",
                shape[0],
                targets.length);
        labels = labels.clone();
        targets = targets.clone();
        ids = ids.clone();
        for (int i = 0; i < targets.length; i++) {
            Checks.require(
                    targets[i] != labels[i],
                    "image %d has class %d both as its label and as its target; choose another target",
                    ids[i],
                    labels[i]);
        }
    }

    /** An untargeted batch. */
    public AttackBatch(Tensor images, long[] labels, long[] ids, Seed seed) {
        this(images, labels, new long[0], ids, seed);
    }

    /** The same images with targets. */
    public AttackBatch withTargets(long... newTargets) {
        return new AttackBatch(images, labels, newTargets, ids, seed);
    }

    /** Some of the images, copied; joins the caller's scope. */
    AttackBatch of(Rows rows) {
        return new AttackBatch(
                rows.of(images.detach()),
                rows.pick(labels),
                targeted() ? rows.pick(targets) : targets,
                rows.pick(ids),
                seed);
    }

    /** The number of images N. */
    public int size() {
        return labels.length;
    }

    /** Whether the victim has to see a certain class. */
    public boolean targeted() {
        return targets.length > 0;
    }

    /** The target of image {@code i}, or −1 if it has none. */
    public long targetOf(int i) {
        return targeted() ? targets[i] : -1;
    }

    /** Whether a prediction for image {@code i} is what the attack wants: the target, or anything but the label. */
    public boolean succeeds(int i, long predicted) {
        return targeted() ? predicted == targets[i] : predicted != labels[i];
    }

    /** The seed of image {@code i} of this batch. */
    public Seed seedOf(int i) {
        return seed.child(ids[i]);
    }
}
