package io.redrl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageCodecTest;
import io.redrl.image.ImageFormat;
import io.redrl.image.ImageShape;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that people have, and files that somebody has made wrong. */
class ImageKindsTest {
    private static BufferedImage noise(int type) {
        BufferedImage image = new BufferedImage(20, 17, type);
        SplittableRandom random = new SplittableRandom(1);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, random.nextInt());
            }
        }
        return image;
    }

    private static byte[] encode(String format) throws IOException {
        return ImageCodecTest.encode(noise(BufferedImage.TYPE_INT_RGB), format);
    }

    @ParameterizedTest
    @CsvSource({"png,PNG", "jpg,JPEG", "gif,GIF", "bmp,BMP"})
    void kindsOfFilesAreReadAndNamed(String format, ImageFormat name) throws IOException {
        ImageCodec.Decoded decoded = ImageCodec.decode(encode(format), "image");
        assertThat(decoded.format()).isEqualTo(name);
        assertThat(decoded.image().shape()).isEqualTo(new ImageShape(3, 17, 20));
        assertThat(decoded.remarks()).isEmpty();
    }

    /** Whatever the length: a decoder that fills up what is missing would hand over an image that nobody made. */
    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "gif", "bmp"})
    void aFileCutAnywhereIsRefused(String format) throws IOException {
        byte[] whole = encode(format);
        // A PNG's last 12 bytes are an empty chunk, of a check sum of 4 before it nobody asks, and 4 more close the
        // stream.
        int complete = format.equals("png") ? whole.length - 24 : whole.length - 1;
        for (int length = 0; length < complete; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> ImageCodec.decode(cut, "cut." + format))
                    .as("the first %d of %d bytes", length, whole.length)
                    .isInstanceOf(RedrlException.class)
                    .hasMessageContaining("cut." + format + " is");
        }
    }

    @Test
    void whatIsNotInThePixelsIsSaid() throws IOException {
        assertThat(ImageCodec.decode(ImageCodecTest.encode(noise(BufferedImage.TYPE_INT_ARGB), "png"), "alpha")
                        .remarks())
                .containsExactly("the alpha channel was dropped");
        assertThat(ImageCodec.decode(ImageCodecTest.encode(noise(BufferedImage.TYPE_USHORT_GRAY), "png"), "grey")
                        .remarks())
                .containsExactly(
                        "its 16 bits per colour were rounded to 8", "it is grey: all three colours are the same");
    }

    private static byte[] cmykJpeg(int cyan, int magenta, int yellow, int key) throws IOException {
        WritableRaster raster = java.awt.image.Raster.createInterleavedRaster(0, 16, 16, 4, null);
        for (int i = 0; i < 256; i++) {
            raster.setPixel(
                    i % 16, Math.floorDiv(i, 16), new int[] {255 - cyan, 255 - magenta, 255 - yellow, 255 - key});
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(new IIOImage(raster, null, null));
        } finally {
            writer.dispose();
        }
        // Adobe's programs mark such files, and store inks as what is left of the paper's white.
        byte[] plain = bytes.toByteArray();
        byte[] mark = {(byte) 0xff, (byte) 0xee, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0};
        return ByteBuffer.allocate(plain.length + mark.length)
                .put(plain, 0, 2)
                .put(mark)
                .put(plain, 2, plain.length - 2)
                .array();
    }

    @Test
    void cmykBecomesRgb() throws IOException {
        ImageCodec.Decoded white = ImageCodec.decode(cmykJpeg(0, 0, 0, 0), "white.jpg");
        assertThat(white.image().shape()).isEqualTo(ImageShape.square(16));
        assertThat(white.remarks()).contains("it is CMYK and was converted to RGB");
        assertThat(white.image().pixels()).containsOnly(255);
        byte[] dark =
                ImageCodec.decode(cmykJpeg(255, 0, 51, 127), "dark.jpg").image().pixels();
        assertThat(new int[] {dark[0], dark[256] & 0xff, dark[512] & 0xff}).containsExactly(0, 128, 102);
    }

    @Test
    void ofAnAnimatedGifTheFirstPictureIsTaken() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.prepareWriteSequence(null);
            for (int level : new int[] {0x102030, 0xffffff, 0}) {
                BufferedImage frame = new BufferedImage(4, 3, BufferedImage.TYPE_INT_RGB);
                frame.setRGB(0, 0, 4, 3, new int[] {level, level, level, level}, 0, 0);
                writer.writeToSequence(
                        new IIOImage(
                                frame,
                                null,
                                writer.getDefaultImageMetadata(
                                        ImageTypeSpecifier.createFromRenderedImage(frame), null)),
                        null);
            }
            writer.endWriteSequence();
        } finally {
            writer.dispose();
        }
        ImageCodec.Decoded first = ImageCodec.decode(bytes.toByteArray(), "moving.gif");
        assertThat(first.remarks()).containsExactly("animated: only the first of 3 pictures was looked at");
        assertThat(first.image().pixels()[0]).isEqualTo((byte) 0x10);
    }

    private static byte[] chunk(String type, byte[] content) {
        CRC32 sum = new CRC32();
        sum.update(type.getBytes(StandardCharsets.US_ASCII));
        sum.update(content);
        return ByteBuffer.allocate(content.length + 12)
                .putInt(content.length)
                .put(type.getBytes(StandardCharsets.US_ASCII))
                .put(content)
                .putInt((int) sum.getValue())
                .array();
    }

    @Test
    void ofAnAnimatedPngTheFirstPictureIsTaken() throws IOException {
        byte[] still = encode("png");
        byte[] control = chunk("acTL", ByteBuffer.allocate(8).putInt(7).array());
        int headerEnds = 8 + 25;
        byte[] animated = ByteBuffer.allocate(still.length + control.length)
                .put(still, 0, headerEnds)
                .put(control)
                .put(still, headerEnds, still.length - headerEnds)
                .array();
        ImageCodec.Decoded decoded = ImageCodec.decode(animated, "moving.png");
        assertThat(decoded.remarks()).containsExactly("animated: only the first of 7 pictures was looked at");
        assertThat(decoded.image().pixels())
                .isEqualTo(ImageCodec.decode(still, "still").image().pixels());
    }

    @ParameterizedTest
    @CsvSource({"50000,50000", "2147483647,2147483647", "1,2147483647"})
    void aHeaderThatClaimsTooMuchIsRefused(int width, int height) throws IOException {
        byte[] png = encode("png");
        byte[] header = ByteBuffer.allocate(13)
                .putInt(width)
                .putInt(height)
                .put(png, 24, 5)
                .array();
        byte[] lying = ByteBuffer.wrap(png.clone())
                .put(8, chunk("IHDR", header), 0, 25)
                .array();
        assertThatThrownBy(() -> ImageCodec.decode(lying, "bomb.png"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("bomb.png claims " + width + "×" + height + " pixels");
    }

    @Test
    void onePixelIsAnImage() throws IOException {
        byte[] png = ImageCodecTest.encode(new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB), "png");
        assertThat(ImageCodec.decode(png, "dot.png").image().pixels()).containsExactly(0, 0, 0);
    }

    @Test
    void foldersAndOtherFilesAreNamed(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() -> ImageCodec.read(folder)).hasMessageContaining("is a folder, not an image");
        assertThatThrownBy(() -> ImageCodec.read(folder.resolve("no.png"))).hasMessageContaining("No such image");
        Path text = Files.writeString(folder.resolve("notes.png"), "not an image");
        assertThatThrownBy(() -> ImageCodec.read(text))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining(
                        "notes.png is not an image that can be read here (PNG, JPEG, GIF, BMP, WebP or TIFF expected)");
        Path empty = Files.createFile(folder.resolve("empty.png"));
        assertThatThrownBy(() -> ImageCodec.read(empty)).hasMessageContaining("is not an image");
    }
}
