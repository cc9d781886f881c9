package io.redrl.image;

import io.redrl.base.Checks;
import java.util.Arrays;

/**
 * An 8-bit image: grey levels and their shape. Comparable by value; in JSON the pixels are base64.
 *
 * @param shape channels, height and width
 * @param pixels unsigned grey levels {@code [C,H,W]}, colours in the order red, green, blue, rows from top to bottom; the image's own from
 *     now on: nobody writes into them
 */
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode look at the contents
public record Image(ImageShape shape, byte[] pixels) {
    /** The grey level that stands for "no change" in images of differences. */
    public static final int MID_GREY = 128;

    /** Checks that the pixels fill the shape. */
    public Image {
        Checks.require(
                pixels.length == shape.values(),
                "an image of %s has %d values, got %d",
                shape,
                shape.values(),
                pixels.length);
    }

    /** In pixels. */
    public int height() {
        return shape.height();
    }

    /** In pixels. */
    public int width() {
        return shape.width();
    }

    /** The image scaled down so that neither side is longer than wanted; the same if neither is. */
    public Image within(int longest) {
        return Scaling.scaled(this, Scaling.within(shape, longest));
    }

    /**
     * A difference made visible: {@code 128 + gain · (this − other)}, cut off at 0 and 255.
     *
     * @param other an image of the same shape
     * @param gain how many times the difference is magnified
     */
    public Image minus(Image other, int gain) {
        Checks.require(
                shape.equals(other.shape), "images of one shape can be compared, got %s and %s", shape, other.shape);
        byte[] shown = new byte[pixels.length];
        for (int i = 0; i < shown.length; i++) {
            int level = MID_GREY + gain * ((pixels[i] & 0xff) - (other.pixels[i] & 0xff));
            shown[i] = (byte) Math.max(0, Math.min(255, level));
        }
        return new Image(shape, shown);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Image image && shape.equals(image.shape) && Arrays.equals(pixels, image.pixels);
    }

    @Override
    public int hashCode() {
        return 31 * shape.hashCode() + Arrays.hashCode(pixels);
    }

    @Override
    public String toString() {
        return "image of " + shape;
    }
}
