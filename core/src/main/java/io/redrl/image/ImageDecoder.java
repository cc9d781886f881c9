package io.redrl.image;

import io.redrl.base.Checks;
import io.redrl.base.OneLine;
import io.redrl.base.RedrlException;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * What the content of an image file is, asked of ImageIO with distrust: sizes before anything is allocated, one kind of
 * exception for every way in which readers answer damage, and warnings of a file that ends too early taken as errors.
 *
 * <p>Only the Java runtime's own readers are asked, so that pixels do not depend on what else is on the class path.
 */
final class ImageDecoder {
    /** Nothing with more pixels is decoded: no image of this project has them, and a small file can claim to. */
    private static final long MOST_PIXELS = 64L << 20;

    /** Bytes that decoding may take for a pixel: 16-bit RGBA, RGB by pixels, RGB by planes. */
    private static final int BYTES_PER_PIXEL = 16;

    private ImageDecoder() {}

    /**
     * A decoded file.
     *
     * @param image its first picture
     * @param format of the file
     * @param remarks what of the file the picture does not show
     */
    record Opened(BufferedImage image, ImageFormat format, List<String> remarks) {}

    /** The size that the header states. */
    static ImageShape shape(byte[] encoded, String name) {
        return withReader(encoded, name, reader -> new ImageShape(3, reader.getHeight(0), reader.getWidth(0)));
    }

    /**
     * Decodes the first picture.
     *
     * @param expected its size, which is compared before decoding; null for any
     */
    static Opened open(byte[] encoded, String name, @Nullable ImageShape expected) {
        return withReader(encoded, name, reader -> {
            requireSize(reader.getWidth(0), reader.getHeight(0), name, expected);
            List<String> warnings = new ArrayList<>();
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
            BufferedImage image = reader.read(0);
            warnings.stream().filter(ImageDecoder::meansDamage).findFirst().ifPresent(warning -> {
                throw new RedrlException(name + " is damaged or ends too early: " + warning);
            });
            return new Opened(image, format(reader).orElseThrow(), remarks(reader, encoded, image));
        });
    }

    private static void requireSize(int width, int height, String name, @Nullable ImageShape expected) {
        Checks.require(
                expected == null || (width == expected.width() && height == expected.height()),
                "%s is %d×%d pixels (width × height), expected %d×%d",
                name,
                width,
                height,
                expected == null ? 0 : expected.width(),
                expected == null ? 0 : expected.height());
        long most = Math.min(MOST_PIXELS, Runtime.getRuntime().maxMemory() / 2 / BYTES_PER_PIXEL);
        Checks.require(
                (long) width * height <= most,
                "%s claims %d×%d pixels, more than the %d that are decoded here",
                name,
                width,
                height,
                most);
    }

    /** The JPEG reader fills up what is missing with grey and only warns. */
    private static boolean meansDamage(String warning) {
        String lower = warning.toLowerCase(Locale.ROOT);
        return lower.contains("truncated") || lower.contains("corrupt") || lower.contains("premature");
    }

    private static List<String> remarks(ImageReader reader, byte[] encoded, BufferedImage image) throws IOException {
        List<String> remarks = new ArrayList<>();
        int pictures = pictures(reader, encoded);
        if (pictures > 1) {
            remarks.add("animated: only the first of " + pictures + " pictures was looked at");
        }
        ColorModel colours = image.getColorModel();
        if (colours.hasAlpha()) {
            remarks.add("the alpha channel was dropped");
        }
        if (colours.getComponentSize(0) > 8) {
            remarks.add("its " + colours.getComponentSize(0) + " bits per colour were rounded to 8");
        }
        if (colours.getNumColorComponents() == 1) {
            remarks.add("it is grey: all three colours are the same");
        }
        if (colours.getColorSpace().getType() == ColorSpace.TYPE_CMYK) {
            remarks.add("it is CMYK and was converted to RGB");
        }
        return remarks;
    }

    private static int pictures(ImageReader reader, byte[] encoded) throws IOException {
        return switch (format(reader).orElseThrow()) {
            case GIF -> reader.getNumImages(true);
            case PNG -> framesOfAnimatedPng(encoded);
            default -> 1;
        };
    }

    /** The number in the animation control chunk, which comes before the first data; 1 without one. */
    private static int framesOfAnimatedPng(byte[] png) {
        ByteBuffer bytes = ByteBuffer.wrap(png);
        long at = 8;
        while (at + 12 <= png.length) {
            int length = bytes.getInt((int) at);
            String type = new String(png, (int) at + 4, 4, StandardCharsets.ISO_8859_1);
            if (type.equals("acTL")) {
                return bytes.getInt((int) at + 8);
            }
            if (length < 0 || type.equals("IDAT")) {
                return 1;
            }
            at += 12L + length;
        }
        return 1;
    }

    private interface Reading<T> {
        T read(ImageReader reader) throws IOException;
    }

    private static <T> T withReader(byte[] encoded, String name, Reading<T> reading) {
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(encoded))) {
            ImageReader reader = reader(in, name);
            try {
                // Not forward only: the pictures of an animation are counted after the first has been read.
                reader.setInput(in, false, true);
                return reading.read(reader);
            } finally {
                reader.dispose();
            }
        } catch (RedrlException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Readers answer damage with either: bad indices, negative sizes, null where there should be data.
            throw new RedrlException(name + " is damaged or not an image that can be read here: " + OneLine.of(e), e);
        }
    }

    private static ImageReader reader(ImageInputStream in, String name) {
        for (Iterator<ImageReader> all = ImageIO.getImageReaders(in); all.hasNext(); ) {
            ImageReader reader = all.next();
            if (reader.getClass().getName().startsWith("com.sun.imageio.")
                    && format(reader).isPresent()) {
                return reader;
            }
        }
        throw new RedrlException(name + " is not an image that can be read here (" + ImageFormat.NAMES + " expected)");
    }

    private static Optional<ImageFormat> format(ImageReader reader) {
        try {
            return ImageFormat.named(reader.getFormatName());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
