package io.redrl.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SrmFiltersTest {
    private static final int SIDE = 7;

    private static float[] maps(float[] image) {
        return Scopes.valued(() -> Tensors.toFloats(SrmFilters.maps(Tensors.floats(image, 1, 3, SIDE, SIDE))));
    }

    @Test
    void flatImagesGiveZeroUpToTheBorder() {
        float[] image = new float[3 * SIDE * SIDE];
        Arrays.fill(image, 0.7f);
        float[] maps = maps(image);
        assertThat(maps).hasSize(SrmFilters.MAPS * SIDE * SIDE);
        for (float value : maps) {
            assertThat(value).isCloseTo(0, within(1e-6f));
        }
    }

    @Test
    void aSingleGreenPixelShowsInAllMapsOfGreenWithWeightOneAndInNoOther() {
        float[] image = new float[3 * SIDE * SIDE];
        int centre = SIDE * 3 + 3;
        image[SIDE * SIDE + centre] = 1;
        float[] maps = maps(image);
        for (int map = 0; map < SrmFilters.MAPS; map++) {
            boolean green = map / SrmFilters.KERNELS == 1;
            assertThat(Math.abs(maps[map * SIDE * SIDE + centre])).isCloseTo(green ? 1 : 0, within(1e-6f));
        }
    }

    @Test
    void rampsVanishInSecondDifferencesAndShowInFirst() {
        float[] image = new float[3 * SIDE * SIDE];
        for (int i = 0; i < image.length; i++) {
            image[i] = 0.1f * (i % SIDE);
        }
        float[] maps = maps(image);
        int centre = SIDE * 3 + 3;
        assertThat(maps[centre]).as("first difference along rows").isCloseTo(0.1f, within(1e-6f));
        assertThat(maps[SIDE * SIDE + centre]).as("along columns").isCloseTo(0, within(1e-6f));
        for (int map = 2; map < SrmFilters.KERNELS; map++) {
            assertThat(maps[map * SIDE * SIDE + centre]).as("map %d", map).isCloseTo(0, within(1e-6f));
        }
    }
}
