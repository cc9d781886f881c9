package io.redrl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import io.redrl.image.ImageShape;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class Cifar10Test {
    @Test
    void trainingImageZeroBeginsWithTheKnownPixels() {
        ImageDataset train = TestData.cifar10(Split.TRAIN);
        byte[] pixels = train.pixels(0);
        int[][] known = {{59, 62, 63}, {43, 46, 45}, {50, 48, 43}};
        for (int x = 0; x < known.length; x++) {
            for (int c = 0; c < 3; c++) {
                assertThat(pixels[c * 1024 + x] & 0xff).isEqualTo(known[x][c]);
            }
        }
        assertThat(train.classNames().get(train.label(0))).isEqualTo("frog");
    }

    @ParameterizedTest
    @EnumSource(Split.class)
    void everyClassHasItsShareOfTheImages(Split split) {
        ImageDataset data = TestData.cifar10(split);
        int perClass = split == Split.TRAIN ? 5000 : 1000;
        assertThat(data.size()).isEqualTo(10 * perClass);
        int[] counts = new int[data.classNames().size()];
        for (int i = 0; i < data.size(); i++) {
            counts[data.label(i)]++;
        }
        assertThat(counts).hasSize(10).containsOnly(perClass);
    }

    @Test
    void givesSeveralImagesAndLabelsInTheOrderAskedFor() {
        ImageDataset test = TestData.cifar10(Split.TEST);
        assertThat(test.images(9999, 3)).containsExactly(test.image(9999), test.image(3));
        assertThatThrownBy(() -> test.images(10_000)).hasMessageContaining("image index");
        assertThat(test.labels(new int[] {0, 1, 2, 3, 4})).containsExactly(3, 8, 8, 0, 6);
    }

    @Test
    void namesImagesAndContent() {
        ImageDataset test = TestData.cifar10(Split.TEST);
        assertThat(test.id()).isEqualTo("cifar10/test");
        assertThat(test.imageId(42)).isEqualTo("cifar10/test/00042");
        assertThat(test.shape()).isEqualTo(ImageShape.square(32));
        assertThat(test.checksum())
                .matches("[0-9a-f]{64}")
                .isNotEqualTo(TestData.cifar10(Split.TRAIN).checksum());
    }

    @Test
    void refusesAnIndexOutsideTheSplit() {
        assertThatThrownBy(() -> TestData.cifar10(Split.TEST).pixels(10_000))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("[0, 9999]")
                .hasMessageContaining("10000");
    }

    @Test
    void anEmptyCacheSaysHowToFillIt(@TempDir Path empty) {
        assertThatThrownBy(() -> Cifar10.open(empty, Split.TRAIN))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("run ./redrl data fetch cifar10");
    }
}
