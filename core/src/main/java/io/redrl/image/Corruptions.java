package io.redrl.image;

import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.SplittableRandom;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * What happens to images on their way, whoever made them: compression, scaling, shifts, noise. Images are unsigned grey levels {@code
 * [C,H,W]}, which are not modified; what comes back has the same size.
 */
public final class Corruptions {
    private static final int[] QUALITIES = {60, 97};
    private static final double[] DEVIATIONS = {0.5, 4};
    private static final double[] DOWN = {0.6, 0.95};
    private static final double[] UP = {1.1, 2.5};
    private static final int FARTHEST = 2;

    private Corruptions() {}

    /**
     * To a baseline JPEG file (ITU-T T.81) and back, as the JDK's ImageIO writes it: YCbCr with colour at half the resolution both ways.
     *
     * @param pixels of one channel or three
     * @param quality from 1 to 100
     */
    public static byte[] jpeg(byte[] pixels, ImageShape shape, int quality) {
        int channels = shape.channels();
        Checks.require(
                channels == 1 || channels == 3, "JPEG takes images of 1 or 3 channels, got %d channels", channels);
        int area = shape.height() * shape.width();
        int[] samples = new int[pixels.length]; // planes in the array, interleaved samples in the raster
        for (int j = 0; j < samples.length; j++) {
            samples[j] = Byte.toUnsignedInt(pixels[j % channels * area + j / channels]);
        }
        int type = channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR;
        BufferedImage image = new BufferedImage(shape.width(), shape.height(), type);
        image.getRaster().setPixels(0, 0, shape.width(), shape.height(), samples);
        throughJpeg(image, quality).getRaster().getPixels(0, 0, shape.width(), shape.height(), samples);
        byte[] result = new byte[pixels.length];
        for (int j = 0; j < samples.length; j++) {
            result[j % channels * area + j / channels] = (byte) samples[j];
        }
        return result;
    }

    private static BufferedImage throughJpeg(BufferedImage image, int quality) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
                ImageWriteParam parameters = writer.getDefaultWriteParam();
                parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                parameters.setCompressionQuality(quality / 100f);
                writer.setOutput(out);
                writer.write(null, new IIOImage(image, null, null), parameters);
            }
            return ImageIO.read(new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        } catch (IOException e) {
            throw new RedrlException("JPEG compression failed: " + e.getMessage(), e);
        } finally {
            writer.dispose();
        }
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
    public static byte[] drawn(byte[] pixels, ImageShape shape, SplittableRandom random) {
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
