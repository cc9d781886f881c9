package io.redrl.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CorruptionTest {
    private static final ImageShape SHAPE = ImageShape.square(32);

    private static Image noise() {
        byte[] pixels = new byte[SHAPE.values()];
        new SplittableRandom(2).nextBytes(pixels);
        return new Image(SHAPE, pixels);
    }

    @Test
    void pngChangesNothing() {
        assertThat(Corruption.PNG.of(noise())).isEqualTo(noise());
    }

    @Test
    void aShiftMovesPixelsByOne() {
        byte[] before = noise().pixels();
        byte[] after = Corruption.SHIFT.of(noise()).pixels();
        for (int row = 0; row < 3 * 32; row++) {
            assertThat(after[32 * row]).isEqualTo(before[32 * row]);
            for (int x = 1; x < 32; x++) {
                assertThat(after[32 * row + x]).isEqualTo(before[32 * row + x - 1]);
            }
        }
    }

    @Test
    void lowerJpegQualityLosesMore() {
        double at95 = change(Corruption.JPEG_95);
        double at90 = change(Corruption.JPEG_90);
        double at75 = change(Corruption.JPEG_75);
        assertThat(at95).isPositive().isLessThan(at90);
        assertThat(at90).isLessThan(at75);
    }

    @ParameterizedTest
    @EnumSource
    void aFlatImageStaysFlat(Corruption transform) {
        byte[] pixels = new byte[SHAPE.values()];
        java.util.Arrays.fill(pixels, (byte) 128);
        Image flat = new Image(SHAPE, pixels);
        assertThat(transform.of(flat)).isEqualTo(flat);
    }

    @ParameterizedTest
    @EnumSource
    void theInputIsNotModified(Corruption transform) {
        Image image = noise();
        assertThat(transform.of(image).shape()).isEqualTo(SHAPE);
        assertThat(image).isEqualTo(noise());
    }

    @Test
    void resizingBlurs() {
        assertThat(change(Corruption.RESIZE_UP)).isPositive();
        assertThat(change(Corruption.RESIZE_DOWN)).isPositive();
    }

    private static double change(Corruption transform) {
        byte[] before = noise().pixels();
        byte[] after = transform.of(noise()).pixels();
        double sum = 0;
        for (int i = 0; i < before.length; i++) {
            sum += Math.abs((after[i] & 0xff) - (before[i] & 0xff));
        }
        return sum / before.length;
    }
}
