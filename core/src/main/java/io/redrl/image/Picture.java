package io.redrl.image;

import io.redrl.base.Checks;
import java.util.Base64;

/**
 * An 8-bit colour image as a value: comparable, and writable to JSON.
 *
 * @param height in pixels
 * @param width in pixels
 * @param base64 3·H·W unsigned grey levels, channel by channel (RGB), rows from top to bottom
 */
public record Picture(int height, int width, String base64) {
    /** The grey level that stands for "no change" in pictures of differences. */
    public static final int MID_GREY = 128;

    /** Checks that the bytes fill the image. */
    public Picture {
        Checks.positive("picture height", height);
        Checks.positive("picture width", width);
        int length = decode(base64).length;
        Checks.require(
                length == 3 * height * width,
                "a picture of %d × %d needs %d bytes, got %d",
                height,
                width,
                3 * height * width,
                length);
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new io.redrl.base.RedrlException("a picture's bytes must be base64: " + e.getMessage(), e);
        }
    }

    /** A picture of {@code 3·H·W} unsigned grey levels, channel by channel. */
    public static Picture of(int height, int width, byte[] levels) {
        return new Picture(height, width, Base64.getEncoder().encodeToString(levels));
    }

    /** A fresh array of the 3·H·W unsigned grey levels, channel by channel. */
    public byte[] levels() {
        return decode(base64);
    }

    /** The picture scaled down so that neither side is longer than wanted; the same if neither is. */
    public Picture within(int longest) {
        ImageShape shape = new ImageShape(3, height, width);
        ImageShape smaller = Scaling.within(shape, longest);
        return smaller.equals(shape)
                ? this
                : of(smaller.height(), smaller.width(), Scaling.scaled(levels(), shape, smaller));
    }

    /**
     * A difference made visible: {@code 128 + gain · (this − other)}, cut off at 0 and 255.
     *
     * @param other a picture of the same size
     * @param gain how many times the difference is magnified
     */
    public Picture minus(Picture other, int gain) {
        Checks.require(
                height == other.height && width == other.width,
                "pictures of one size can be compared, got %d × %d and %d × %d",
                height,
                width,
                other.height,
                other.width);
        byte[] a = levels();
        byte[] b = other.levels();
        byte[] shown = new byte[a.length];
        for (int i = 0; i < a.length; i++) {
            int level = MID_GREY + gain * ((a[i] & 0xff) - (b[i] & 0xff));
            shown[i] = (byte) Math.max(0, Math.min(255, level));
        }
        return of(height, width, shown);
    }
}
