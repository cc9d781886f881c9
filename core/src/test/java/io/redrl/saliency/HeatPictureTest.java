package io.redrl.saliency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.RedrlException;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HeatPictureTest {
    @Test
    void heatRunsFromThe90thToThe99thPercentile() {
        double[] map = IntStream.rangeClosed(0, 100).mapToDouble(i -> i).toArray();
        double[] heat = HeatPicture.heatOf(map);
        assertThat(heat[0]).isZero();
        assertThat(heat[90]).isZero();
        assertThat(heat[93]).isCloseTo(1 / 3.0, within(1e-12));
        assertThat(heat[99]).isEqualTo(1);
        assertThat(heat[100]).isEqualTo(1);
    }

    @Test
    void aFewHotPixelsAreSeenThoughBothPercentilesAreZero() {
        double[] map = new double[32 * 32];
        map[5] = 2;
        map[6] = 1;
        double[] heat = HeatPicture.heatOf(map);
        assertThat(heat[5]).isEqualTo(1);
        assertThat(heat[6]).isEqualTo(0.5);
        assertThat(heat[7]).isZero();
    }

    @Test
    void manyEquallyHotPixelsAreHot() {
        double[] map = {0, 0, 1, 1, 1, 1, 2, 2, 2, 2};
        assertThat(HeatPicture.heatOf(map)).containsExactly(0, 0, 0.5, 0.5, 0.5, 0.5, 1, 1, 1, 1);
    }

    @Test
    void theBlurIsTheProductOfTwoGaussians() {
        double[] heat = new double[32 * 32];
        heat[16 * 32 + 16] = 1;
        double[] blurred = HeatPicture.blurred(heat, 32, 32);
        double one = Math.exp(-1 / (2 * 0.7 * 0.7));
        double two = Math.exp(-4 / (2 * 0.7 * 0.7));
        double three = Math.exp(-9 / (2 * 0.7 * 0.7));
        double sum = 1 + 2 * (one + two + three);
        assertThat(blurred[16 * 32 + 16]).isCloseTo(1 / (sum * sum), within(1e-12));
        assertThat(blurred[16 * 32 + 17]).isCloseTo(one / (sum * sum), within(1e-12));
        assertThat(blurred[15 * 32 + 14]).isCloseTo(one * two / (sum * sum), within(1e-12));
        assertThat(blurred[16 * 32 + 20]).isZero();
        assertThat(Arrays.stream(blurred).sum()).isCloseTo(1, within(1e-12));
    }

    @Test
    void theBlurKeepsAFlatMapFlatUpToTheEdges() {
        double[] heat = new double[8 * 40];
        Arrays.fill(heat, 0.6);
        double[] blurred = HeatPicture.blurred(heat, 8, 40);
        assertThat(Arrays.stream(blurred).map(v -> Math.abs(v - 0.6)).max().orElseThrow())
                .isLessThan(1e-12);
    }

    @Test
    void theBlurGrowsWithTheImage() {
        double[] small = new double[32 * 32];
        small[16 * 32 + 16] = 1;
        double[] large = new double[64 * 64];
        large[32 * 64 + 32] = 1;
        assertThat(HeatPicture.blurred(large, 64, 64)[32 * 64 + 32])
                .isLessThan(0.5 * HeatPicture.blurred(small, 32, 32)[16 * 32 + 16]);
    }

    @Test
    void hotterIsLighter() {
        double before = -1;
        for (int i = 0; i <= 1000; i++) {
            double[] colour = HeatPicture.colour(i / 1000.0);
            assertThat(Arrays.stream(colour).allMatch(v -> v >= 0 && v <= 255)).isTrue();
            double luminance = HeatPicture.luminance(colour[0], colour[1], colour[2]);
            assertThat(luminance).as("luminance at %d of 1000", i).isGreaterThan(before);
            before = luminance;
        }
        assertThat(before).isGreaterThan(240);
    }

    @Test
    void aConstantMapIsColdAllOver() {
        double[] map = new double[16 * 16];
        Arrays.fill(map, 3.5);
        byte[] heat = HeatPicture.heat(map, ImageShape.square(16)).pixels();
        assertThat(heat).hasSize(3 * 16 * 16);
        assertThat(Arrays.copyOfRange(heat, 0, 512)).containsOnly(0);
        assertThat(Arrays.copyOfRange(heat, 512, 768)).containsOnly(4);
    }

    @Test
    void theOverlayCoversTheImageWhereItIsHot() {
        double[] map = new double[32 * 32];
        for (int i = 0; i < 5 * 32; i++) {
            map[i] = 1;
        }
        byte[] image = new byte[3 * 32 * 32];
        Arrays.fill(image, (byte) 200);
        byte[] overlay = HeatPicture.overlay(map, new Image(ImageShape.square(32), image))
                .pixels();
        assertThat(overlay[0] & 0xff).as("red where hot: 0.9 · 252 + 0.1 · 200").isEqualTo(247);
        assertThat(overlay[31 * 32] & 0xff).as("red where cold: 0.55 · 200").isEqualTo(110);
        assertThat(image).containsOnly(200);
    }

    @Test
    void refusesWhatIsNoMap() {
        assertThatThrownBy(() -> HeatPicture.heat(new double[] {0, Double.NaN, 0, 0}, ImageShape.square(2)))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> HeatPicture.heat(new double[] {0, -1, 0, 0}, ImageShape.square(2)))
                .hasMessageContaining("not negative");
        assertThatThrownBy(() -> HeatPicture.heat(new double[3], ImageShape.square(2)))
                .hasMessageContaining("has 4 values, got 3");
        assertThatThrownBy(() -> HeatPicture.overlay(new double[4], new Image(new ImageShape(1, 2, 2), new byte[4])))
                .hasMessageContaining("3 channels");
    }
}
