package io.redrl.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import org.junit.jupiter.api.Test;

class ImageSubsetTest {
    private static final ImageDataset WHOLE = TestData.cifar10(Split.TEST);

    @Test
    void takesImagesAtEqualDistances() {
        ImageDataset four = ImageSubset.spread(WHOLE, 4);
        assertThat(four.size()).isEqualTo(4);
        assertThat(four.imageId(1)).isEqualTo(WHOLE.imageId(2500));
        assertThat(four.label(3)).isEqualTo(WHOLE.label(7500));
        assertThat(four.pixels(2)).isEqualTo(WHOLE.pixels(5000));
        assertThat(four.classNames()).isEqualTo(WHOLE.classNames());
        assertThat(four.shape()).isEqualTo(WHOLE.shape());
        assertThat(four.checksum())
                .isNotEqualTo(WHOLE.checksum())
                .isNotEqualTo(ImageSubset.spread(WHOLE, 5).checksum());
    }

    @Test
    void hasNoMoreThanThereAre() {
        assertThat(ImageSubset.spread(WHOLE, 1 << 20).size()).isEqualTo(WHOLE.size());
        ImageDataset two = ImageSubset.spread(WHOLE, 2);
        assertThatThrownBy(() -> two.pixels(2)).isInstanceOf(RedrlException.class);
        assertThatThrownBy(() -> ImageSubset.spread(WHOLE, 0)).isInstanceOf(RedrlException.class);
    }
}
