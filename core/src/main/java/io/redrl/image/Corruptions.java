package io.redrl.image;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Corruptions of images, as a test of robustness or as augmentation: compression, noise, scaling, shifts. What comes back has the same
 * shape.
 */
public final class Corruptions {
    private static final int[] QUALITIES = {60, 97};
    private static final double[] DEVIATIONS = {0.5, 4};
    private static final double[] DOWN = {0.6, 0.95};
    private static final double[] UP = {1.1, 2.5};
    private static final int FARTHEST = 2;

    private Corruptions() {}

    /**
     * To a {@linkplain ImageCodec#jpeg JPEG file} and back.
     *
     * @param image of one channel or three
     * @param quality from 1 to 100
     */
    public static Image jpeg(Image image, int quality) {
        Image back = ImageCodec.decode(ImageCodec.jpeg(image, quality), "a JPEG made here", image.shape());
        // A grey file is read as three equal channels.
        return image.shape().channels() == 3
                ? back
                : new Image(
                        image.shape(),
                        Arrays.copyOf(back.pixels(), image.shape().values()));
    }

    /** Moved to the right and down by so many pixels; pixels at the edge stay and are repeated. */
    public static Image shifted(Image image, int right, int down) {
        ImageShape shape = image.shape();
        byte[] pixels = image.pixels();
        byte[] moved = new byte[pixels.length];
        for (int i = 0; i < moved.length; i++) {
            int x = inside(i % shape.width() - right, shape.width());
            int y = inside(i / shape.width() % shape.height() - down, shape.height());
            int plane = i / (shape.width() * shape.height());
            moved[i] = pixels[(plane * shape.height() + y) * shape.width() + x];
        }
        return new Image(shape, moved);
    }

    private static int inside(int place, int length) {
        return Math.max(0, Math.min(length - 1, place));
    }

    /** To {@code factor} times the size and back, each time with the triangle filter of {@link Scaling}. */
    public static Image resized(Image image, double factor) {
        ImageShape shape = image.shape();
        ImageShape between =
                new ImageShape(shape.channels(), scaled(factor, shape.height()), scaled(factor, shape.width()));
        return Scaling.scaled(Scaling.scaled(image, between), shape);
    }

    private static int scaled(double factor, int length) {
        return Math.max(1, (int) Math.round(factor * length));
    }

    /** With normal noise of a standard deviation in grey levels. */
    public static Image noisy(Image image, double deviation, SplittableRandom random) {
        byte[] pixels = image.pixels();
        byte[] noisy = new byte[pixels.length];
        for (int i = 0; i < noisy.length; i++) {
            long value = Math.round((pixels[i] & 0xff) + deviation * random.nextGaussian());
            noisy[i] = (byte) Math.max(0, Math.min(255, value));
        }
        return new Image(image.shape(), noisy);
    }

    /**
     * One of the corruptions, drawn with its strength: JPEG (two in five draws; quality 60 to 97), noise (one in five; 0.5 to 4 grey
     * levels), down and back, up and back, or a shift by at most two pixels. The same draw for the same state of
     * {@code random}.
     */
    public static Image drawn(Image image, SplittableRandom random) {
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> jpeg(image, random.nextInt(QUALITIES[0], QUALITIES[1] + 1));
            case 4, 5 -> noisy(image, random.nextDouble(DEVIATIONS[0], DEVIATIONS[1]), random);
            case 6, 7 -> resized(image, random.nextDouble(DOWN[0], DOWN[1]));
            case 8 -> resized(image, random.nextDouble(UP[0], UP[1]));
            default -> shifted(image, step(random), step(random));
        };
    }

    private static int step(SplittableRandom random) {
        return random.nextInt(-FARTHEST, FARTHEST + 1);
    }
}
