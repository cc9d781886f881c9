package io.redrl.saliency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.RedrlException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProfileBuilderTest {
    private static final FilterLayout LAYOUT =
            new FilterLayout(List.of(new FilterLayout.Layer("conv1", 3), new FilterLayout.Layer("conv2", 2)));

    @Test
    void filtersAreSortedWithinLayersThenAveragedRankByRank() {
        ProfileBuilder builder = new ProfileBuilder("vgg", "pgd", LAYOUT);
        double[] first = {1, 3, 2, 0, 4};
        builder.add(10, first);
        builder.add(5, new double[] {5, 0, 1, 6, 2});

        SaliencyProfile profile = builder.profile();

        // Sorted: 3 2 1 | 4 0 and 5 1 0 | 6 2. Two values that differ by d have sd d/√2, their mean's error is d/2.
        assertThat(profile.victim()).isEqualTo("vgg");
        assertThat(profile.attack()).isEqualTo("pgd");
        assertThat(profile.images()).isEqualTo(2);
        assertThat(profile.mean()).containsExactly(4.0, 1.5, 0.5, 5.0, 1.0);
        assertThat(profile.standardError())
                .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-15 ? 0 : Double.compare(a, b))
                .containsExactly(1.0, 0.5, 0.5, 1.0, 1.0);
        assertThat(profile.layerMeans()).containsExactly(2.0, 3.0);
        assertThat(first).as("the caller's row").containsExactly(1, 3, 2, 0, 4);
    }

    @Test
    void eachImageKeepsItsLayerMeans() {
        ProfileBuilder builder = new ProfileBuilder("vgg", "pgd", LAYOUT);
        builder.add(10, new double[] {1, 3, 2, 0, 4});
        builder.add(5, new double[] {5, 0, 1, 6, 2});

        assertThat(builder.layerMeans()).containsOnlyKeys(10L, 5L);
        assertThat(builder.layerMeans().get(10L)).containsExactly(new double[] {2, 2}, within(1e-15));
        assertThat(builder.layerMeans().get(5L)).containsExactly(new double[] {2, 4}, within(1e-15));

        builder.layerMeans().clear();
        assertThat(builder.layerMeans()).hasSize(2);
    }

    @Test
    void ofOneImageTheErrorIsZero() {
        ProfileBuilder builder = new ProfileBuilder("vgg", "pgd", LAYOUT);
        builder.add(0, new double[] {-1, -3, -2, 4, 4});

        assertThat(builder.profile().mean()).containsExactly(-1.0, -2.0, -3.0, 4.0, 4.0);
        assertThat(builder.profile().standardError()).containsOnly(0.0);
    }

    @Test
    void withoutImagesThereIsNoProfile() {
        ProfileBuilder builder = new ProfileBuilder("vgg", "cw-l2", LAYOUT);
        assertThatThrownBy(builder::profile)
                .isInstanceOf(RedrlException.class)
                .hasMessage("no image qualifies for the saliency profile of vgg under cw-l2");
        assertThat(builder.layerMeans()).isEmpty();
    }

    @Test
    void wrongRowsAndSecondTimesAreRefused() {
        ProfileBuilder builder = new ProfileBuilder("vgg", "pgd", LAYOUT);
        builder.add(1, new double[5]);

        assertThatThrownBy(() -> builder.add(1, new double[5]))
                .isInstanceOf(RedrlException.class)
                .hasMessage("image 1 is in the profile of vgg under pgd already");
        assertThatThrownBy(() -> builder.add(2, new double[6]))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("image 2: expected the saliency of 5 filters, got 6");
        assertThatThrownBy(() -> builder.add(2, new double[] {0, 0, 0, 0, Double.NaN}))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("filter 1 (from 0) of layer conv2 is NaN");
        assertThat(builder.profile().images()).isEqualTo(1);
    }
}
