package io.redrl.image;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOInvalidTreeException;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.w3c.dom.NodeList;

/**
 * Encoder and decoder of image files: {@link ImageFormat} says which are read; PNG and JPEG are written.
 *
 * <p>A grey image becomes three equal channels with the grey levels that the file holds; Java's own conversion would
 * brighten them, because it takes grey for linear light. An alpha channel is dropped: the colours stay as stored, whatever
 * their opacity, as in Pillow's {@code convert("RGB")}. 16-bit samples are divided by 257 and rounded. Inks of a
 * CMYK file darken each other: R = (1 − C)(1 − K); colour profiles are not looked at. Of an animation the first picture counts. The size is read from
 * the header before anything is decoded, and a file that ends too early is refused, even where a decoder would fill up what
 * is missing.
 */
public final class ImageCodec {
    private static final long LARGEST_FILE = 512L << 20;

    private ImageCodec() {}

    /**
     * A decoded image file.
     *
     * @param image of three channels
     * @param format of the file
     * @param remarks what of the file is not in the image, in words: an alpha channel, further pictures, finer grey levels
     */
    public record Decoded(Image image, ImageFormat format, List<String> remarks) {
        /** Copies the list. */
        public Decoded {
            remarks = List.copyOf(remarks);
        }
    }

    /**
     * Reads an image file.
     *
     * @throws RedrlException if it is missing, no image, cut short, damaged, or too large
     */
    public static Decoded read(Path file) {
        Checks.require(Files.exists(file), "No such image: %s", file);
        Checks.require(!Files.isDirectory(file), "%s is a folder, not an image", file);
        try {
            long bytes = Files.size(file);
            Checks.require(
                    bytes <= LARGEST_FILE,
                    "%s has %d bytes, more than the %d that an image may have here",
                    file,
                    bytes,
                    LARGEST_FILE);
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
        ImageDecoder.Opened opened = ImageDecoder.open(encoded, name, null);
        return new Decoded(image(opened.image()), opened.format(), opened.remarks());
    }

    /** Decodes an image of three channels that must have a given size, which is compared before decoding. */
    public static Image decode(byte[] encoded, String name, ImageShape expected) {
        return image(ImageDecoder.open(encoded, name, expected).image());
    }

    /** The size that an image's header states. */
    public static ImageShape shape(byte[] encoded, String name) {
        return ImageDecoder.shape(encoded, name);
    }

    /**
     * Writes a PNG file, which is complete under its name or absent.
     *
     * @param image of one channel or three
     */
    public static void writePng(Path target, Image image) {
        BufferedImage picture = toImage(image);
        AtomicFiles.write(target, out -> writePng(picture, out));
    }

    /**
     * The content of a PNG file.
     *
     * @param image of one channel or three
     */
    public static byte[] png(Image image) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            writePng(toImage(image), out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new RedrlException("Could not encode a PNG: " + e, e);
        }
    }

    /**
     * The content of a baseline JPEG file (ITU-T T.81), as the JDK's ImageIO writes it: YCbCr with colour at half the resolution both ways.
     *
     * @param image of one channel or three
     * @param quality from 1 to 100
     */
    public static byte[] jpeg(Image image, int quality) {
        return jpeg(image, quality, true);
    }

    /**
     * The content of a baseline JPEG file.
     *
     * @param halfColour whether colour is kept at half the resolution both ways (4:2:0), or at all of it (4:4:4)
     * @see #jpeg(Image, int)
     */
    public static byte[] jpeg(Image image, int quality, boolean halfColour) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
                ImageWriteParam parameters = writer.getDefaultWriteParam();
                parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                parameters.setCompressionQuality(quality / 100f);
                writer.setOutput(out);
                BufferedImage picture = toImage(image);
                writer.write(
                        null,
                        new IIOImage(picture, null, halfColour ? null : fullColour(writer, picture, parameters)),
                        parameters);
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new RedrlException("Could not encode a JPEG: " + e, e);
        } finally {
            writer.dispose();
        }
    }

    /** What tells the writer to keep colour at full resolution: sampling factors of 1 in the frame header. */
    private static IIOMetadata fullColour(ImageWriter writer, BufferedImage picture, ImageWriteParam parameters)
            throws IIOInvalidTreeException {
        IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(picture), parameters);
        String format = metadata.getNativeMetadataFormatName();
        IIOMetadataNode root = (IIOMetadataNode) metadata.getAsTree(format);
        NodeList components = root.getElementsByTagName("componentSpec");
        for (int i = 0; i < components.getLength(); i++) {
            ((IIOMetadataNode) components.item(i)).setAttribute("HsamplingFactor", "1");
            ((IIOMetadataNode) components.item(i)).setAttribute("VsamplingFactor", "1");
        }
        metadata.setFromTree(format, root);
        return metadata;
    }

    /**
     * The image as one that Java draws and writes.
     *
     * @param image of one channel or three
     */
    public static BufferedImage toImage(Image image) {
        int channels = image.shape().channels();
        Checks.require(
                channels == 1 || channels == 3,
                "an image to be shown or written has 1 or 3 channels, got %d channels",
                channels);
        int area = image.height() * image.width();
        int[] samples = new int[image.pixels().length]; // planes in the image, interleaved samples in the raster
        for (int j = 0; j < samples.length; j++) {
            samples[j] = Byte.toUnsignedInt(image.pixels()[j % channels * area + j / channels]);
        }
        int type = channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR;
        BufferedImage picture = new BufferedImage(image.width(), image.height(), type);
        picture.getRaster().setPixels(0, 0, image.width(), image.height(), samples);
        return picture;
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
    public static byte[] interleaved(byte[] encoded, String name, int width, int height) {
        return interleaved(ImageDecoder.open(encoded, name, new ImageShape(3, height, width))
                .image());
    }

    /** Copies {@code plane} RGB pixels into three planes. */
    public static void toPlanes(byte[] interleaved, int from, byte[] planes, int to, int plane) {
        for (int i = 0; i < plane; i++) {
            planes[to + i] = interleaved[from + 3 * i];
            planes[to + plane + i] = interleaved[from + 3 * i + 1];
            planes[to + 2 * plane + i] = interleaved[from + 3 * i + 2];
        }
    }

    /** Copies three planes into {@code plane} RGB pixels. */
    public static void toInterleaved(byte[] planes, int from, byte[] interleaved, int plane) {
        for (int i = 0; i < plane; i++) {
            interleaved[3 * i] = planes[from + i];
            interleaved[3 * i + 1] = planes[from + plane + i];
            interleaved[3 * i + 2] = planes[from + 2 * plane + i];
        }
    }

    private static Image image(BufferedImage picture) {
        byte[] interleaved = interleaved(picture);
        byte[] planes = new byte[interleaved.length];
        toPlanes(interleaved, 0, planes, 0, interleaved.length / 3);
        return new Image(new ImageShape(3, picture.getHeight(), picture.getWidth()), planes);
    }

    private static byte[] interleaved(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
        Raster raster = image.getRaster();
        boolean palette = image.getColorModel() instanceof IndexColorModel;
        boolean eightBits = raster.getTransferType() == DataBuffer.TYPE_BYTE;
        boolean plain = image.getColorModel().getComponentSize(0) == (eightBits ? 8 : 16)
                && (eightBits || raster.getTransferType() == DataBuffer.TYPE_USHORT);
        int bands = raster.getNumBands();
        boolean inks = image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_CMYK;
        if (plain && !palette && eightBits && bands == 3) { // the common case, without a detour over integers
            raster.getDataElements(0, 0, width, height, rgb);
            return rgb;
        }
        // Row by row: all samples of a large image as integers would take several times its own memory.
        int[] row = new int[width * Math.max(bands, 1)];
        for (int y = 0; y < height; y++) {
            int at = 3 * y * width;
            if (palette || !plain) {
                image.getRGB(0, y, width, 1, row, 0, width);
                for (int x = 0; x < width; x++) {
                    rgb[at + 3 * x] = (byte) (row[x] >> 16);
                    rgb[at + 3 * x + 1] = (byte) (row[x] >> 8);
                    rgb[at + 3 * x + 2] = (byte) row[x];
                }
                continue;
            }
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < 3; c++) {
                    int sample = row[x * bands + (bands < 3 ? 0 : c)];
                    if (inks) {
                        sample = ((255 - sample) * (255 - row[x * bands + 3]) + 127) / 255;
                    }
                    rgb[at + 3 * x + c] = (byte) (eightBits ? sample : (sample + 128) / 257);
                }
            }
        }
        return rgb;
    }
}
