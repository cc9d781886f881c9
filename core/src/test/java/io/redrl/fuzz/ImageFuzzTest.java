package io.redrl.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.base.Seed;
import io.redrl.image.ImageCodec;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.junit.jupiter.api.Test;

class ImageFuzzTest {
    private static final int WIDTH = 40;
    private static final int HEIGHT = 32;
    private static final int[] SIDES = {0, 1, 31, 33, 3_000, 8_000, 50_000, 100_000, Integer.MAX_VALUE, -32};

    /** Three copies of the 64 million pixels that an image may have, for a header can claim them. */
    private static final long MOST_HEAP = 640L << 20;

    @Test
    void everyDamagedImageIsReadOrRefusedByName() throws InterruptedException {
        List<byte[]> seeds = seeds();
        seeds.forEach(seed -> assertThat(
                        ImageCodec.decode(seed, "whole").image().shape().width())
                .isEqualTo(WIDTH));
        FuzzRun.of(
                "images",
                7_000,
                "pictures/odd.png",
                MOST_HEAP,
                (i, random) -> {
                    byte[] whole = seeds.get(i % seeds.size());
                    return random.nextInt(8) == 0
                            ? resized(whole, random)
                            : Mutations.ofBytes(whole, seeds.get(random.nextInt(seeds.size())), random);
                },
                bytes -> {
                    ImageCodec.Decoded decoded = ImageCodec.decode(bytes, "pictures/odd.png");
                    assertThat(decoded.image().shape().channels()).isEqualTo(3);
                    assertThat(decoded.image().shape().height()).isPositive();
                    assertThat(decoded.image().shape().width()).isPositive();
                    assertThat(decoded.image().pixels())
                            .hasSize(decoded.image().shape().values());
                });
    }

    /** A PNG or BMP file whose header tells another size than its pixels have; others as they are. */
    private static byte[] resized(byte[] whole, SplittableRandom random) {
        ByteBuffer file = ByteBuffer.wrap(whole.clone());
        int at = whole[0] == 'B' ? 18 : 16;
        if (whole[0] == 'B' || whole[1] == 'P') {
            file.order(whole[0] == 'B' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            file.putInt(at, SIDES[random.nextInt(SIDES.length)]).putInt(at + 4, SIDES[random.nextInt(SIDES.length)]);
        }
        return file.array();
    }

    /** One of each kind that is read here. */
    private static List<byte[]> seeds() {
        BufferedImage colour = image(BufferedImage.TYPE_INT_RGB);
        BufferedImage grey = image(BufferedImage.TYPE_BYTE_GRAY);
        BufferedImage palette = image(BufferedImage.TYPE_BYTE_INDEXED);
        byte[] ramp = {0, 50, 100, 127};
        BufferedImage fourColours = painted(new BufferedImage(
                WIDTH,
                HEIGHT,
                BufferedImage.TYPE_BYTE_BINARY,
                new IndexColorModel(2, 4, ramp, new byte[] {9, 8, 7, 6}, ramp)));
        BufferedImage deep = painted(ImageTypeSpecifier.createInterleaved(
                        colour.getColorModel().getColorSpace(),
                        new int[] {0, 1, 2},
                        java.awt.image.DataBuffer.TYPE_USHORT,
                        false,
                        false)
                .createBufferedImage(WIDTH, HEIGHT));
        List<byte[]> seeds = new ArrayList<>();
        for (BufferedImage each : List.of(
                colour,
                grey,
                palette,
                fourColours,
                deep,
                image(BufferedImage.TYPE_USHORT_GRAY),
                image(BufferedImage.TYPE_INT_ARGB),
                image(BufferedImage.TYPE_BYTE_BINARY))) {
            seeds.add(written(each, "png", false));
        }
        seeds.add(written(colour, "png", true));
        seeds.add(written(colour, "jpeg", false));
        seeds.add(written(colour, "jpeg", true));
        seeds.add(written(grey, "jpeg", false));
        seeds.add(written(palette, "gif", false));
        seeds.add(written(palette, "gif", true));
        seeds.add(written(colour, "bmp", false));
        seeds.add(written(palette, "bmp", false));
        return seeds;
    }

    private static BufferedImage image(int type) {
        return painted(new BufferedImage(WIDTH, HEIGHT, type));
    }

    private static BufferedImage painted(BufferedImage image) {
        SplittableRandom random = new Seed(3).random();
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                image.setRGB(x, y, 0xff000000 | (y * 7) << 16 | (x * 6) << 8 | random.nextInt(256));
            }
        }
        return image;
    }

    private static byte[] written(BufferedImage image, String format, boolean progressive) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            ImageWriteParam settings = writer.getDefaultWriteParam();
            if (progressive) {
                settings.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
            }
            writer.write(null, new IIOImage(image, null, null), settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
