package io.redrl.recognition;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * The examples that one training step sees. Tensors are float32 with pixels in [0, 1], and the scope's in which the batch was drawn.
 *
 * @param images which training image each example shows, in [0, images)
 * @param mirrored whether the example, and its clean image with it, is mirrored
 * @param adversarial I_adv, {@code [N,3,H,W]}
 * @param clean I_c, the same images before the attack, {@code [N,3,H,W]}; null where neither the input nor a loss needs them
 * @param labels attack classes, {@code [N]} int64
 * @param outliers images of no known class, {@code [M,3,H,W]}; null for none
 * @param victims what known victims say of the examples and then of the outliers; null without victim features
 */
@SuppressWarnings("ArrayRecordComponent") // handed on within a step, never compared
public record Batch(
        int[] images,
        boolean[] mirrored,
        Tensor adversarial,
        @Nullable Tensor clean,
        Tensor labels,
        @Nullable Tensor outliers,
        Networks.@Nullable VictimInput victims) {
    /** The number of examples N, outliers not counted. */
    int size() {
        return images.length;
    }

    /** The examples, then the outliers: {@code [N+M,3,H,W]}, in the caller's scope. */
    Tensor shown() {
        return outliers == null ? adversarial : torch.cat(new TensorVector(adversarial, outliers), 0);
    }
}
