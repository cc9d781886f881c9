package io.redrl.image;

import io.redrl.base.Checks;
import io.redrl.base.OneLine;
import io.redrl.base.RedrlException;
import java.awt.Rectangle;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * What the content of an image file is, asked of ImageIO with distrust: sizes before anything is allocated, one kind of
 * exception for every way in which readers answer damage, and warnings of a file that ends too early taken as errors.
 *
 * <p>Samples are taken as they are stored: no colour profile is applied, no picture turned. Only the Java runtime's own readers are asked,
 * and TwelveMonkeys' for what it has none for, so that pixels do not depend on what else is on the class path.
 */
final class ImageDecoder {
    /** Nothing with more pixels is decoded: no image of this project has them, and a small file can claim to. */
    private static final long MOST_PIXELS = 64L << 20;

    /** Bytes that decoding may take for a pixel: 16-bit RGBA, RGB by pixels, RGB by planes. */
    private static final int BYTES_PER_PIXEL = 16;

    /** Pixels that a JPEG is decoded in at once: its samples by pixels, beside those by planes, would double what a large one takes. */
    private static final int MOST_AT_ONCE = 4 << 20;

    private ImageDecoder() {}

    /**
     * A decoded file.
     *
     * @param image its first picture, of three channels
     * @param format of the file
     * @param remarks what of the file the picture does not show
     * @param orientation how viewers turn it
     */
    record Opened(Image image, ImageFormat format, List<String> remarks, Orientation orientation) {}

    /** The size that the header states. */
    static ImageShape shape(byte[] encoded, String name) {
        return withReader(
                encoded, name, (reader, format) -> new ImageShape(3, reader.getHeight(0), reader.getWidth(0)));
    }

    /**
     * Decodes the first picture.
     *
     * @param expected its size, which is compared before decoding; null for any
     */
    static Opened open(byte[] encoded, String name, @Nullable ImageShape expected) {
        return withReader(encoded, name, (reader, format) -> {
            requireSize(reader.getWidth(0), reader.getHeight(0), name, expected);
            ImageLayout.requireWhole(encoded, format, name);
            List<String> warnings = new ArrayList<>();
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
            List<String> remarks = new ArrayList<>();
            Image image = format == ImageFormat.JPEG
                    ? jpeg(reader, new JpegHeader(encoded), name, remarks)
                    : picture(reader.read(0), name, remarks);
            warnings.stream().filter(ImageDecoder::meansDamage).findFirst().ifPresent(warning -> {
                throw new RedrlException(name + " is damaged or ends too early: " + warning);
            });
            int pictures = format == ImageFormat.JPEG || format == ImageFormat.BMP ? 1 : reader.getNumImages(true);
            List<String> all = new ArrayList<>(ImageLayout.remarks(encoded, format, pictures));
            all.addAll(remarks);
            Embedded embedded = Embedded.in(encoded, format);
            embedded.profile()
                    .ifPresent(profile -> all.add("its colour profile (" + profile + ") was not applied: samples are"
                            + " taken as they are stored"));
            if (embedded.orientation() != Orientation.UPRIGHT) {
                all.add("viewers turn it (Exif orientation "
                        + embedded.orientation().tag() + "): samples are taken as they are stored");
            }
            return new Opened(image, format, all, embedded.orientation());
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

    /** Readers fill up what is missing with grey and only warn. */
    private static boolean meansDamage(String warning) {
        String lower = warning.toLowerCase(Locale.ROOT);
        return lower.contains("truncated")
                || lower.contains("corrupt")
                || lower.contains("premature")
                || lower.contains("end of file")
                || lower.contains("eof");
    }

    /** As a raster, which Java's reader hands over as libjpeg has it, before it applies profiles and rules of its own. */
    private static Image jpeg(ImageReader reader, JpegHeader header, String name, List<String> remarks)
            throws IOException {
        JpegHeader.Colours colours = header.colours();
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        byte[] planes = new byte[3 * width * height];
        int bands = 0;
        int rows = Math.max(1, Math.min(height, MOST_AT_ONCE / width));
        for (int top = 0; top < height; top += rows) {
            ImageReadParam part = reader.getDefaultReadParam();
            part.setSourceRegion(new Rectangle(0, top, width, Math.min(rows, height - top)));
            Raster raster = reader.readRaster(0, part);
            bands = raster.getNumBands();
            Checks.require(
                    colours != JpegHeader.Colours.UNKNOWN && bands == header.components(),
                    "%s has %d components a pixel, of which nobody knows the colours; 1, 3 or 4 expected",
                    name,
                    bands);
            byte[] row = new byte[width * bands];
            for (int y = 0; y < raster.getHeight(); y++) {
                raster.getDataElements(0, y, width, 1, row);
                JpegColours.toPlanes(colours, row, width, planes, (top + y) * width, width * height);
            }
        }
        if (colours == JpegHeader.Colours.GREY) {
            remarks.add("it is grey: all three colours are the same");
        }
        if (bands == 4) {
            remarks.add("it is CMYK and was converted to RGB");
        }
        return new Image(new ImageShape(3, height, width), planes);
    }

    private static Image picture(BufferedImage picture, String name, List<String> remarks) {
        ColorModel colours = picture.getColorModel();
        Raster raster = picture.getRaster();
        int width = picture.getWidth();
        int height = picture.getHeight();
        int bits = colours.getComponentSize(0);
        int type = raster.getTransferType();
        Checks.require(
                bits <= 16
                        && type != DataBuffer.TYPE_FLOAT
                        && type != DataBuffer.TYPE_DOUBLE
                        && type != DataBuffer.TYPE_SHORT,
                "%s has samples of %d bits that are no whole numbers from 0 up; 8 or 16 bits are read here",
                name,
                bits);
        byte[] planes = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
        int plane = width * height;
        boolean palette = colours instanceof IndexColorModel;
        boolean inks = colours.getColorSpace().getType() == ColorSpace.TYPE_CMYK;
        int bands = raster.getNumBands();
        int[] most = new int[bands];
        for (int band = 0; band < bands; band++) {
            most[band] = palette ? 0 : (1 << colours.getComponentSize(band)) - 1;
        }
        // Row by row: all samples of a large image as integers would take several times its own memory.
        int[] row = new int[width * bands];
        for (int y = 0; y < height; y++) {
            int at = y * width;
            if (palette) {
                picture.getRGB(0, y, width, 1, row, 0, width);
                for (int x = 0; x < width; x++) {
                    planes[at + x] = (byte) (row[x] >> 16);
                    planes[at + plane + x] = (byte) (row[x] >> 8);
                    planes[at + 2 * plane + x] = (byte) row[x];
                }
                continue;
            }
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < 3; c++) {
                    int band = bands < 3 ? 0 : c;
                    int level = level(row[x * bands + band], most[band]);
                    if (inks) {
                        level = ((255 - level) * (255 - level(row[x * bands + 3], most[3])) + 127) / 255;
                    }
                    planes[at + c * plane + x] = (byte) level;
                }
            }
        }
        remark(colours, bits, inks, remarks);
        return new Image(new ImageShape(3, height, width), planes);
    }

    /** A sample of any depth as one of eight bits. */
    private static int level(int sample, int most) {
        return most == 255 ? sample : (2 * 255 * sample + most) / (2 * most);
    }

    private static void remark(ColorModel colours, int bits, boolean inks, List<String> remarks) {
        if (colours.hasAlpha()) {
            remarks.add("the alpha channel was dropped");
        }
        if (bits > 8) {
            remarks.add("its " + bits + " bits per colour were rounded to 8");
        }
        if (colours.getNumColorComponents() == 1) {
            remarks.add("it is grey: all three colours are the same");
        }
        if (inks) {
            remarks.add("it is CMYK and was converted to RGB");
        }
    }

    private interface Reading<T> {
        T read(ImageReader reader, ImageFormat format) throws IOException;
    }

    private static <T> T withReader(byte[] encoded, String name, Reading<T> reading) {
        ImageFormat format = ImageLayout.format(encoded, name);
        try (ImageInputStream in =
                new MemoryCacheImageInputStream(new ByteArrayInputStream(ImageLayout.bare(encoded, format)))) {
            ImageReader reader = reader(name, format);
            try {
                // Not forward only: the pictures of an animation are counted after the first has been read.
                reader.setInput(in, false, true);
                return reading.read(reader, format);
            } finally {
                reader.dispose();
            }
        } catch (RedrlException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Readers answer damage with either: bad indices, negative sizes, null where there should be data.
            throw new RedrlException(name + " is damaged or not an image that can be read here: " + damage(e), e);
        }
    }

    private static String damage(Exception e) {
        if (e instanceof EOFException) {
            return "it ends too early";
        }
        String why = e instanceof IOException && e.getMessage() != null ? OneLine.of(e.getMessage()) : "";
        return why.isBlank() ? "its data do not fit together" : why;
    }

    private static ImageReader reader(String name, ImageFormat format) {
        boolean javas = format != ImageFormat.WEBP && format != ImageFormat.TIFF;
        String maker = javas ? "com.sun.imageio." : "com.twelvemonkeys.imageio.plugins.";
        Iterator<ImageReader> all = ImageIO.getImageReadersByFormatName(format.name());
        Optional<ImageReader> found = Optional.empty();
        while (all.hasNext() && found.isEmpty()) {
            found = Optional.of(all.next())
                    .filter(reader -> reader.getClass().getName().startsWith(maker));
        }
        return found.orElseThrow(() -> new RedrlException(
                name + " is a " + format.title() + " file, for which there is no" + " reader on the class path"));
    }
}
