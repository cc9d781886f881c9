package io.redrl.identify;

import io.redrl.image.ImageShape;
import io.redrl.image.Orientation;

/**
 * Box in an image in which a perturbation sits.
 *
 * @param left first column, from 0
 * @param top first row, from 0
 * @param width in pixels
 * @param height in pixels
 * @param share how local it is: which part of the {@linkplain ChromaResidual grain's} variance over the image is the difference
 *     between the inside and the outside of the box, in [0, 1]
 */
public record Box(int left, int top, int width, int height, double share) {
    /** Whether a pixel lies inside. */
    boolean contains(int column, int row) {
        return column >= left && column < left + width && row >= top && row < top + height;
    }

    /** Where viewers show it. */
    Box shown(Orientation orientation, ImageShape stored) {
        int[] box = orientation.shown(new int[] {left, top, width, height}, stored);
        return new Box(box[0], box[1], box[2], box[3], share);
    }
}
