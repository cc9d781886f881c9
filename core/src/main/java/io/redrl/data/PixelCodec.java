package io.redrl.data;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Checks;
import io.redrl.base.OneLine;
import io.redrl.base.RedrlException;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Images as files and as unsigned grey levels {@code [C,H,W]} in RGB order.
 *
 * <p>A grey image becomes three equal channels with the grey levels that the file holds; Java's own conversion would
 * brighten them, because it takes grey for linear light. An alpha channel is dropped: the colours stay as stored, whatever
 * their opacity, as in Pillow's {@code convert("RGB")}. 16-bit samples are divided by 257 and rounded. The size is read
 * from the header before anything is decoded.
 */
public final class PixelCodec {
    /** Nothing larger than this is decoded: no image of this project is, and a small file can claim to be. */
    private static final long LARGEST = 64L << 20;

    private PixelCodec() {}

    /**
     * A decoded image.
     *
     * @param shape three channels, its height and width
     * @param pixels unsigned grey levels {@code [C,H,W]}
     */
    @SuppressWarnings("ArrayRecordComponent") // a hand-over of freshly decoded bytes, never compared
    public record Decoded(ImageShape shape, byte[] pixels) {}

    /** Reads an image file (PNG or JPEG, and what else the Java runtime reads). */
    public static Decoded read(Path file) {
        try {
            return decode(Files.readAllBytes(file), file.toString());
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + e, e);
        }
    }

    /**
     * Decodes an image.
     *
     * @param encoded the content of an image file
     * @param name names it in messages
     */
    public static Decoded decode(byte[] encoded, String name) {
        BufferedImage image = image(encoded, name, null);
        ImageShape shape = new ImageShape(3, image.getHeight(), image.getWidth());
        byte[] interleaved = interleaved(image);
        byte[] planes = new byte[interleaved.length];
        toPlanes(interleaved, 0, planes, 0, shape.height() * shape.width());
        return new Decoded(shape, planes);
    }

    /**
     * Decodes an image that must have a given size, which is compared before decoding.
     *
     * @return unsigned grey levels {@code [C,H,W]}
     */
    public static byte[] decode(byte[] encoded, String name, ImageShape expected) {
        return toPlanes(interleaved(image(encoded, name, expected)));
    }

    /** The size that an image's header states. */
    public static ImageShape shape(byte[] encoded, String name) {
        return withReader(encoded, name, reader -> new ImageShape(3, reader.getHeight(0), reader.getWidth(0)));
    }

    /**
     * Writes a PNG, which is complete under its name or absent.
     *
     * @param pixels unsigned grey levels {@code [3,H,W]}
     */
    public static void writePng(Path target, byte[] pixels, ImageShape shape) {
        BufferedImage image = toImage(pixels, shape);
        AtomicFiles.write(target, out -> writePng(image, out));
    }

    /** The content of a PNG file with the pixels, unsigned grey levels {@code [3,H,W]}. */
    public static byte[] png(byte[] pixels, ImageShape shape) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            writePng(toImage(pixels, shape), out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new RedrlException("Could not encode a PNG: " + e, e);
        }
    }

    /** The image that the pixels {@code [3,H,W]} show. */
    public static BufferedImage toImage(byte[] pixels, ImageShape shape) {
        Checks.require(
                shape.channels() == 3 && pixels.length == shape.values(),
                "an image of %s needs 3 channels and %d values, got %d",
                shape,
                shape.values(),
                pixels.length);
        int plane = shape.height() * shape.width();
        int[] rgb = new int[plane];
        for (int i = 0; i < plane; i++) {
            rgb[i] = (pixels[i] & 0xff) << 16 | (pixels[plane + i] & 0xff) << 8 | (pixels[2 * plane + i] & 0xff);
        }
        BufferedImage image = new BufferedImage(shape.width(), shape.height(), BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, shape.width(), shape.height(), rgb, 0, shape.width());
        return image;
    }

    private static void writePng(BufferedImage image, OutputStream out) throws IOException {
        // An explicit memory stream: the default one would put a temporary file on disk.
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
            if (!ImageIO.write(image, "png", stream)) {
                throw new IOException("this Java runtime has no PNG writer");
            }
        }
    }

    /** RGB bytes, pixel by pixel, of an encoded image that must be {@code width × height}. */
    static byte[] interleaved(byte[] encoded, String name, int width, int height) {
        return interleaved(image(encoded, name, new ImageShape(3, height, width)));
    }

    /** Copies {@code plane} RGB pixels into three planes. */
    static void toPlanes(byte[] interleaved, int from, byte[] planes, int to, int plane) {
        for (int i = 0; i < plane; i++) {
            planes[to + i] = interleaved[from + 3 * i];
            planes[to + plane + i] = interleaved[from + 3 * i + 1];
            planes[to + 2 * plane + i] = interleaved[from + 3 * i + 2];
        }
    }

    /** Copies three planes into {@code plane} RGB pixels. */
    static void toInterleaved(byte[] planes, int from, byte[] interleaved, int plane) {
        for (int i = 0; i < plane; i++) {
            interleaved[3 * i] = planes[from + i];
            interleaved[3 * i + 1] = planes[from + plane + i];
            interleaved[3 * i + 2] = planes[from + 2 * plane + i];
        }
    }

    private static byte[] toPlanes(byte[] interleaved) {
        byte[] planes = new byte[interleaved.length];
        toPlanes(interleaved, 0, planes, 0, interleaved.length / 3);
        return planes;
    }

    private static BufferedImage image(byte[] encoded, String name, @Nullable ImageShape expected) {
        return withReader(encoded, name, reader -> {
            int width = reader.getWidth(0);
            int height = reader.getHeight(0);
            Checks.require(
                    expected == null || (width == expected.width() && height == expected.height()),
                    "%s is %d×%d pixels (width × height), expected %d×%d",
                    name,
                    width,
                    height,
                    expected == null ? 0 : expected.width(),
                    expected == null ? 0 : expected.height());
            Checks.require(
                    (long) width * height <= LARGEST,
                    "%s claims %d×%d pixels, more than the %d that are decoded here",
                    name,
                    width,
                    height,
                    LARGEST);
            return reader.read(0);
        });
    }

    private interface Reading<T> {
        T read(ImageReader reader) throws IOException;
    }

    private static <T> T withReader(byte[] encoded, String name, Reading<T> reading) {
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(encoded))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            Checks.require(readers.hasNext(), "%s is not an image that can be read here (PNG or JPEG expected)", name);
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                return reading.read(reader);
            } finally {
                reader.dispose();
            }
        } catch (RedrlException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Readers answer damage with whatever their parsing runs into.
            throw new RedrlException(name + " is damaged or not an image that can be read here: " + OneLine.of(e), e);
        }
    }

    private static byte[] interleaved(BufferedImage image) {
        int plane = Math.multiplyExact(image.getWidth(), image.getHeight());
        byte[] rgb = new byte[Math.multiplyExact(plane, 3)];
        Raster raster = image.getRaster();
        boolean palette = image.getColorModel() instanceof java.awt.image.IndexColorModel;
        boolean eightBits = raster.getTransferType() == DataBuffer.TYPE_BYTE;
        boolean plain = image.getColorModel().getComponentSize(0) == (eightBits ? 8 : 16)
                && (eightBits || raster.getTransferType() == DataBuffer.TYPE_USHORT);
        if (palette || !plain) {
            int[] argb = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
            for (int i = 0; i < plane; i++) {
                rgb[3 * i] = (byte) (argb[i] >> 16);
                rgb[3 * i + 1] = (byte) (argb[i] >> 8);
                rgb[3 * i + 2] = (byte) argb[i];
            }
            return rgb;
        }
        int bands = raster.getNumBands();
        if (eightBits && bands == 3) { // the common case, without a detour over integers
            raster.getDataElements(0, 0, image.getWidth(), image.getHeight(), rgb);
            return rgb;
        }
        int[] samples = raster.getPixels(0, 0, image.getWidth(), image.getHeight(), (int[]) null);
        for (int i = 0; i < plane; i++) {
            for (int c = 0; c < 3; c++) {
                int sample = samples[i * bands + (bands < 3 ? 0 : c)];
                rgb[3 * i + c] = (byte) (eightBits ? sample : (sample + 128) / 257);
            }
        }
        return rgb;
    }
}
