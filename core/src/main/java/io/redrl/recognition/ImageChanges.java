package io.redrl.recognition;

import io.redrl.attack.JpegSpec;
import io.redrl.data.ImageShape;
import io.redrl.data.Scaling;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.SplittableRandom;

/**
 * What happens to images on their way, whoever made them: compression, scaling, shifts, noise. Images are unsigned grey levels {@code
 * [C,H,W]}, which are not modified; what comes back has the same size.
 */
public final class ImageChanges {
    private static final int[] QUALITIES = {60, 97};
    private static final double[] DEVIATIONS = {0.5, 4};
    private static final double[] DOWN = {0.6, 0.95};
    private static final double[] UP = {1.1, 2.5};
    private static final int FARTHEST = 2;

    private ImageChanges() {}

    /** To a JPEG file and back, see {@link JpegSpec}. */
    public static byte[] jpeg(byte[] pixels, ImageShape shape, int quality) {
        return Scopes.valued(() -> Tensors.greyLevels(new JpegSpec(quality)
                .roundTrip(Tensors.pixels(pixels, 1, shape.channels(), shape.height(), shape.width()))));
    }

    /** Moved to the right and down by so many pixels; pixels at the edge stay and are repeated. */
    public static byte[] shifted(byte[] pixels, ImageShape shape, int right, int down) {
        byte[] moved = new byte[pixels.length];
        for (int i = 0; i < moved.length; i++) {
            int x = inside(i % shape.width() - right, shape.width());
            int y = inside(i / shape.width() % shape.height() - down, shape.height());
            int plane = i / (shape.width() * shape.height());
            moved[i] = pixels[(plane * shape.height() + y) * shape.width() + x];
        }
        return moved;
    }

    private static int inside(int place, int length) {
        return Math.max(0, Math.min(length - 1, place));
    }

    /** To {@code factor} times the size and back, each time with the triangle filter of {@link Scaling}. */
    public static byte[] resized(byte[] pixels, ImageShape shape, double factor) {
        ImageShape between =
                new ImageShape(shape.channels(), scaled(factor, shape.height()), scaled(factor, shape.width()));
        return Scaling.scaled(Scaling.scaled(pixels, shape, between), between, shape);
    }

    private static int scaled(double factor, int length) {
        return Math.max(1, (int) Math.round(factor * length));
    }

    /** With normal noise of a standard deviation in grey levels. */
    public static byte[] noisy(byte[] pixels, double deviation, SplittableRandom random) {
        byte[] noisy = new byte[pixels.length];
        for (int i = 0; i < noisy.length; i++) {
            long value = Math.round((pixels[i] & 0xff) + deviation * random.nextGaussian());
            noisy[i] = (byte) Math.max(0, Math.min(255, value));
        }
        return noisy;
    }

    /**
     * One of the changes, drawn with its strength: JPEG (two in five draws; quality 60 to 97), noise (one in five; 0.5 to 4 grey
     * levels), down and back, up and back, or a shift by at most two pixels. The same draw for the same state of
     * {@code random}.
     */
    static byte[] drawn(byte[] pixels, ImageShape shape, SplittableRandom random) {
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> jpeg(pixels, shape, random.nextInt(QUALITIES[0], QUALITIES[1] + 1));
            case 4, 5 -> noisy(pixels, random.nextDouble(DEVIATIONS[0], DEVIATIONS[1]), random);
            case 6, 7 -> resized(pixels, shape, random.nextDouble(DOWN[0], DOWN[1]));
            case 8 -> resized(pixels, shape, random.nextDouble(UP[0], UP[1]));
            default -> shifted(pixels, shape, step(random), step(random));
        };
    }

    private static int step(SplittableRandom random) {
        return random.nextInt(-FARTHEST, FARTHEST + 1);
    }
}
