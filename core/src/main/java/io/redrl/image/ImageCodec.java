package io.redrl.image;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import java.awt.image.BufferedImage;
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
 * <p>Samples are taken as they are stored, for that is what an attack has changed and what training programs see: colour profiles are not
 * applied, pictures not turned; the remarks say so. Those of a JPEG are libjpeg's, level by level. A grey image becomes three
 * equal channels. An alpha channel is dropped: the colours stay as stored, whatever their opacity, as in Pillow's
 * {@code convert("RGB")}. 16-bit samples are divided by 257 and rounded. Inks of a CMYK file darken each other:
 * R = (1 − C)(1 − K). Of an animation the first picture counts, of a picture that covers a part of its canvas that part. The
 * size is read from the header before anything is decoded, and a file that ends too early is refused, even where a decoder would
 * fill up what is missing.
 */
public final class ImageCodec {
    private static final long LARGEST_FILE = 512L << 20;

    private ImageCodec() {}

    /**
     * A decoded image file.
     *
     * @param image of three channels
     * @param format of the file
     * @param remarks what of the file is not in the image, in words: an alpha channel, further pictures, a colour profile
     * @param orientation how viewers turn it
     */
    public record Decoded(Image image, ImageFormat format, List<String> remarks, Orientation orientation) {
        /** Copies the list. */
        public Decoded {
            remarks = List.copyOf(remarks);
        }

        /** An image that is shown as it is stored. */
        public Decoded(Image image, ImageFormat format, List<String> remarks) {
            this(image, format, remarks, Orientation.UPRIGHT);
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
        // Opening a pipe that nobody writes to would wait for ever.
        Checks.require(
                Files.isRegularFile(file),
                "%s is not a file but a pipe, socket or device, which may never answer: save it as a file first",
                file);
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
        return new Decoded(opened.image(), opened.format(), opened.remarks(), opened.orientation());
    }

    /** Decodes an image of three channels that must have a given size, which is compared before decoding. */
    public static Image decode(byte[] encoded, String name, ImageShape expected) {
        return ImageDecoder.open(encoded, name, expected).image();
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
        int type = channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR;
        BufferedImage picture = new BufferedImage(image.width(), image.height(), type);
        int[] row = new int[image.width() * channels]; // planes in the image, interleaved samples in the raster
        for (int y = 0; y < image.height(); y++) {
            for (int j = 0; j < row.length; j++) {
                row[j] = Byte.toUnsignedInt(image.pixels()[j % channels * area + y * image.width() + j / channels]);
            }
            picture.getRaster().setPixels(0, y, image.width(), 1, row);
        }
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
        byte[] planes = decode(encoded, name, new ImageShape(3, height, width)).pixels();
        byte[] interleaved = new byte[planes.length];
        toInterleaved(planes, 0, interleaved, width * height);
        return interleaved;
    }

    /** Copies {@code plane} RGB pixels into three planes. */
    public static void toPlanes(byte[] interleaved, int from, byte[] planes, int to, int plane) {
        toPlanes(interleaved, from, planes, to, plane, plane);
    }

    /** Copies {@code pixels} RGB pixels into planes of length {@code plane}. */
    static void toPlanes(byte[] interleaved, int from, byte[] planes, int to, int pixels, int plane) {
        for (int i = 0; i < pixels; i++) {
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
}
