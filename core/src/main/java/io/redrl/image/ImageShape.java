package io.redrl.image;

/**
 * The size of an image.
 *
 * @param channels 3 everywhere in this project
 * @param height in pixels
 * @param width in pixels
 */
public record ImageShape(int channels, int height, int width) {
    /** Colour images of {@code size × size}. */
    public static ImageShape square(int size) {
        return new ImageShape(3, size, size);
    }

    /** The number of values in an image. */
    public int values() {
        return channels * height * width;
    }

    @Override
    public String toString() {
        return channels + "×" + height + "×" + width;
    }
}
