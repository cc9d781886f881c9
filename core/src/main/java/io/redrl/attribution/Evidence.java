package io.redrl.attribution;

import io.redrl.image.Image;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What the network reads from an image, before any calibration. Holds its arrays as they are: do not modify them.
 *
 * @param outputs in the order of {@link AttributionOutputs}
 * @param embedding what they are a linear function of
 * @param box around the changed place, in pixels of the image; empty where no place stands out, or if the image was read in tiles
 * @param side of the piece or the image, in pixels: the root of the number of pixels that were read
 * @param suspects names of the victims that were asked; none if it is of the image alone
 */
@SuppressWarnings("ArrayRecordComponent")
record Evidence(
        double[] outputs, double[] embedding, Optional<Attribution.Box> box, double side, List<String> suspects) {
    /** The same with corrected logits of families and algorithms. */
    Evidence with(double[] corrections, List<String> asked) {
        double[] corrected = outputs.clone();
        for (int i = 0; i < corrections.length; i++) {
            corrected[i] += corrections[i];
        }
        return new Evidence(corrected, embedding, box, side, asked);
    }

    /** Logits of families. */
    double[] families() {
        return Arrays.copyOfRange(outputs, 0, AttributionOutputs.FAMILIES);
    }

    /** Logits of algorithms, of use within one family. */
    double[] algorithms() {
        return part(AttributionOutputs.FAMILIES, AttributionOutputs.ALGORITHMS);
    }

    /** log2 of L∞ and of the root mean square of the change, in grey levels. */
    double[] sizes() {
        return part(AttributionOutputs.FAMILIES + AttributionOutputs.ALGORITHMS, AttributionOutputs.SIZES);
    }

    /** Logits of {@link Traces.Steps}. */
    double[] steps() {
        return part(
                AttributionOutputs.FAMILIES + AttributionOutputs.ALGORITHMS + AttributionOutputs.SIZES,
                AttributionOutputs.STEPS);
    }

    private double[] part(int from, int count) {
        return Arrays.copyOfRange(outputs, from, from + count);
    }

    /** An image with the row that a world has of it. */
    record Known(Evidence evidence, AttributionBatch.Label label, String world, boolean fools) {
        Known with(Evidence other) {
            return new Known(other, label, world, fools);
        }
    }

    /** The side of a square with as many pixels. */
    static double side(Image image) {
        return Math.sqrt((double) image.height() * image.width());
    }
}
