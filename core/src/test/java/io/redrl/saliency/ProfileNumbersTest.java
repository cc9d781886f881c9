package io.redrl.saliency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.RedrlException;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProfileNumbersTest {
    private static ProfileNumbers numbers(FilterLayout layout, List<Double> mean) {
        List<Double> errors = Collections.nCopies(mean.size(), 0.0);
        return ProfileNumbers.of(new SaliencyProfile("vgg", "pgd", 9, layout, mean, errors));
    }

    /** Layers of one filter, each of which is as salient as any other. */
    private static List<Long> layersPerThird(int layers) {
        FilterLayout layout = new FilterLayout(IntStream.range(0, layers)
                .mapToObj(layer -> new FilterLayout.Layer("conv" + layer, 1))
                .toList());
        ProfileNumbers numbers = numbers(layout, Collections.nCopies(layers, 2.0));
        return List.of(
                Math.round(numbers.first() * layers),
                Math.round(numbers.middle() * layers),
                Math.round(numbers.last() * layers));
    }

    @Test
    void sharesAreOfTheSumOverFilters() {
        FilterLayout layout = new FilterLayout(List.of(
                new FilterLayout.Layer("a", 2), new FilterLayout.Layer("b", 1), new FilterLayout.Layer("c", 3)));

        ProfileNumbers numbers = numbers(layout, List.of(3.0, 1.0, 4.0, 1.0, 0.5, 0.5));

        assertThat(numbers.attack()).isEqualTo("pgd");
        assertThat(numbers.images()).isEqualTo(9);
        assertThat(numbers.first()).isEqualTo(0.4);
        assertThat(numbers.middle()).isEqualTo(0.4);
        assertThat(numbers.last()).isEqualTo(0.2);
        assertThat(numbers.layerMeans().get(0)).isEqualTo(2);
        assertThat(numbers.layerMeans().get(1)).isEqualTo(4);
        assertThat(numbers.layerMeans().get(2)).isCloseTo(2.0 / 3, within(1e-15));
    }

    @Test
    void theRemainderGoesToTheFirstThirds() {
        assertThat(layersPerThird(1)).containsExactly(1L, 0L, 0L);
        assertThat(layersPerThird(2)).containsExactly(1L, 1L, 0L);
        assertThat(layersPerThird(6)).containsExactly(2L, 2L, 2L);
        assertThat(layersPerThird(7)).containsExactly(3L, 2L, 2L);
        assertThat(layersPerThird(8)).containsExactly(3L, 3L, 2L);
        assertThat(layersPerThird(13)).containsExactly(5L, 4L, 4L);
        assertThat(layersPerThird(53)).containsExactly(18L, 18L, 17L);
    }

    @Test
    void belowZeroCountsByMagnitudeAndNothingHasNoShares() {
        FilterLayout layout = new FilterLayout(List.of(
                new FilterLayout.Layer("a", 2), new FilterLayout.Layer("b", 1), new FilterLayout.Layer("c", 1)));

        assertThat(numbers(layout, List.of(1.0, -1.0, -1.0, 1.0)).first()).isEqualTo(0.5);
        ProfileNumbers nothing = numbers(layout, List.of(0.0, 0.0, 0.0, 0.0));
        assertThat(nothing.first() + nothing.middle() + nothing.last()).isZero();
    }

    @Test
    void sharesOutsideTheirRangeAreRefused() {
        assertThatThrownBy(() -> new ProfileNumbers("pgd", 1, List.of(1.0), 1.5, 0, 0))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("first must be in [0.0, 1.0]");
    }
}
