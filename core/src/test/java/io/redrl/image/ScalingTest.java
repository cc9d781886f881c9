package io.redrl.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ScalingTest {
    private static Image row(ImageShape shape, int... levels) {
        byte[] pixels = new byte[levels.length];
        for (int i = 0; i < levels.length; i++) {
            pixels[i] = (byte) levels[i];
        }
        return new Image(shape, pixels);
    }

    @Test
    void theSameSizeIsTheSameImage() {
        Image image = row(new ImageShape(1, 2, 3), 0, 7, 255, 13, 128, 90);
        assertThat(Scaling.scaled(image, new ImageShape(1, 2, 3))).isEqualTo(image);
    }

    @Test
    void oneColourStaysIt() {
        byte[] pixels = new byte[3 * 7 * 5];
        Arrays.fill(pixels, (byte) 201);
        assertThat(Scaling.scaled(new Image(new ImageShape(3, 7, 5), pixels), ImageShape.square(32))
                        .pixels())
                .hasSize(3 * 32 * 32)
                .containsOnly((byte) 201);
    }

    @Test
    void largerIsLinearBetweenTheCentresOfPixels() {
        assertThat(Scaling.scaled(row(new ImageShape(1, 1, 2), 0, 100), new ImageShape(1, 1, 4)))
                .isEqualTo(row(new ImageShape(1, 1, 4), 0, 25, 75, 100));
    }

    @Test
    void smallerCountsEveryPixel() {
        // Two to one: weights 1/8, 3/8, 3/8, 1/8 around each new centre; at the border what is there, made up to 1.
        assertThat(Scaling.scaled(row(new ImageShape(1, 1, 6), 0, 0, 240, 0, 0, 0), new ImageShape(1, 1, 3)))
                .isEqualTo(row(new ImageShape(1, 1, 3), 34, 90, 0));
        assertThat(Scaling.scaled(row(new ImageShape(1, 6, 1), 0, 0, 240, 0, 0, 0), new ImageShape(1, 3, 1)))
                .isEqualTo(row(new ImageShape(1, 3, 1), 34, 90, 0));
    }

    @Test
    void sidesAreShortenedInProportion() {
        assertThat(Scaling.within(new ImageShape(3, 320, 100), 320)).isEqualTo(new ImageShape(3, 320, 100));
        assertThat(Scaling.within(new ImageShape(3, 640, 100), 320)).isEqualTo(new ImageShape(3, 320, 50));
        assertThat(Scaling.within(new ImageShape(3, 1, 5000), 320)).isEqualTo(new ImageShape(3, 1, 320));
    }
}
