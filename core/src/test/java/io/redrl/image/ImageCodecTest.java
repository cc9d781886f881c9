package io.redrl.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class ImageCodecTest {
    private static final ImageShape SHAPE = new ImageShape(3, 5, 7);

    public static byte[] encode(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, out)).isTrue();
        return out.toByteArray();
    }

    private static byte[] randomPixels(long seed, int count) {
        byte[] pixels = new byte[count];
        new SplittableRandom(seed).nextBytes(pixels);
        return pixels;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void aPngGivesBackTheSamePixels(long seed, @TempDir Path folder) {
        byte[] pixels = randomPixels(seed, SHAPE.values());
        Path file = folder.resolve("image.png");
        ImageCodec.writePng(file, new Image(SHAPE, pixels));
        ImageCodec.Decoded decoded = ImageCodec.read(file);
        assertThat(decoded.image().shape()).isEqualTo(SHAPE);
        assertThat(decoded.image().pixels()).isEqualTo(pixels);
    }

    @Test
    void channelsAreRedGreenBlueAndRowsRunDown() throws IOException {
        BufferedImage image = new BufferedImage(2, 3, BufferedImage.TYPE_INT_RGB);
        image.setRGB(1, 2, 0x0A141E);
        byte[] pixels = ImageCodec.decode(encode(image, "png"), "image", new ImageShape(3, 3, 2))
                .pixels();
        byte[] expected = new byte[18];
        expected[5] = 10;
        expected[11] = 20;
        expected[17] = 30;
        assertThat(pixels).isEqualTo(expected);
    }

    @Test
    void greyLevelsAreKeptAsStoredInAllThreeChannels() throws IOException {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(0, 0, 0, 30);
        image.getRaster().setSample(1, 0, 0, 200);
        byte[] pixels = ImageCodec.decode(encode(image, "png"), "image").image().pixels();
        assertThat(pixels).containsExactly(30, (byte) 200, 30, (byte) 200, 30, (byte) 200);
    }

    @Test
    void sixteenBitsAreScaledToEight() throws IOException {
        BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_USHORT_GRAY);
        image.getRaster().setSamples(0, 0, 3, 1, 0, new int[] {65535, 257 * 100 + 128, 257 * 100 + 129});
        byte[] pixels = ImageCodec.decode(encode(image, "png"), "image").image().pixels();
        assertThat(Arrays.copyOf(pixels, 3)).containsExactly((byte) 255, 100, 101);
    }

    @Test
    void alphaIsDroppedAndColoursStay() throws IOException {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0x40102030);
        byte[] pixels = ImageCodec.decode(encode(image, "png"), "image").image().pixels();
        assertThat(pixels).containsExactly(0x10, 0x20, 0x30);
    }

    @Test
    void palettesAreLookedUp() throws IOException {
        byte[] ramp = {0, 50, 100, 127};
        IndexColorModel palette = new IndexColorModel(2, 4, ramp, new byte[4], ramp);
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY, palette);
        image.setRGB(1, 0, 0x640064);
        byte[] pixels = ImageCodec.decode(encode(image, "png"), "image").image().pixels();
        assertThat(pixels).containsExactly(0, 100, 0, 0, 0, 100);
    }

    @Test
    void anotherSizeIsNamedWithTheExpectedOne() throws IOException {
        byte[] png = encode(new BufferedImage(4, 6, BufferedImage.TYPE_INT_RGB), "png");
        assertThatThrownBy(() -> ImageCodec.decode(png, "cats/tom.png", ImageShape.square(32)))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("cats/tom.png is 4×6 pixels (width × height), expected 32×32");
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 40, 60})
    void aDamagedFileIsNamed(int length) throws IOException {
        BufferedImage image = ImageCodec.toImage(new Image(SHAPE, randomPixels(4, SHAPE.values())));
        byte[] cut = Arrays.copyOf(encode(image, "png"), length);
        assertThatThrownBy(() -> ImageCodec.decode(cut, "cats/tom.png"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("cats/tom.png is damaged");
    }

    @Test
    void whatIsNoImageIsNamed() {
        assertThatThrownBy(() -> ImageCodec.decode(new byte[] {1, 2, 3}, "cats/readme.png"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("cats/readme.png is not an image");
    }

    @Test
    void aMissingFileIsNamed(@TempDir Path folder) {
        assertThatThrownBy(() -> ImageCodec.read(folder.resolve("none.png")))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("none.png");
    }

    @Test
    void aSmallFileThatClaimsToBeHugeIsRefusedBeforeDecoding() throws IOException {
        byte[] png = encode(new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB), "png");
        // The header chunk: length, "IHDR", width, height, five bytes, checksum.
        ByteBuffer.wrap(png).putInt(16, 40_000).putInt(20, 40_000);
        CRC32 crc = new CRC32();
        crc.update(png, 12, 17);
        ByteBuffer.wrap(png).putInt(29, (int) crc.getValue());
        assertThatThrownBy(() -> ImageCodec.decode(png, "bomb.png"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("bomb.png claims 40000×40000 pixels");
    }
}
