package io.redrl.saliency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ProfileComparisonTest {
    private static final Seed SEED = new Seed(3);

    private static ProfileComparison compare(Map<Long, double[]> a, Map<Long, double[]> b, int permutations) {
        return ProfileComparison.of("a", a, "b", b, permutations, SEED).orElseThrow();
    }

    /** What an image does under any attack, plus noise of the same size, plus {@code shift} in every layer. */
    private static Map<Long, double[]> attack(Seed images, Seed noise, int count, double shift) {
        Map<Long, double[]> means = new LinkedHashMap<>();
        for (long image = 0; image < count; image++) {
            SplittableRandom common = images.child(image).random();
            SplittableRandom own = noise.child(image).random();
            double[] layers = new double[6];
            for (int layer = 0; layer < layers.length; layer++) {
                layers[layer] = 10 * layer + common.nextGaussian() + own.nextGaussian() + shift;
            }
            means.put(image, layers);
        }
        return means;
    }

    @Test
    void theDistanceIsTheHandComputedOneOverCommonImages() {
        Map<Long, double[]> a = Map.of(1L, new double[] {1, 7}, 2L, new double[] {3, 7}, 8L, new double[] {99, 9});
        Map<Long, double[]> b = Map.of(2L, new double[] {4, 7}, 1L, new double[] {4, 7}, 9L, new double[] {-9, 9});

        ProfileComparison comparison = compare(a, b, 10);

        // Layer 0: means 2 and 4; 1, 3, 4, 4 about 3 have the squares 4 + 0 + 1 + 1 over 4. Layer 1 never differs.
        assertThat(comparison.first()).isEqualTo("a");
        assertThat(comparison.second()).isEqualTo("b");
        assertThat(comparison.images()).isEqualTo(2);
        assertThat(comparison.permutations()).isEqualTo(10);
        assertThat(comparison.distance()).isCloseTo(Math.sqrt(4 / 1.5 / 2), within(1e-15));
    }

    @Test
    void theDistanceIsTwoWhereNothingButTheAttackMatters() {
        Map<Long, double[]> a = Map.of(1L, new double[] {1, 1e-8}, 2L, new double[] {1, 1e-8});
        Map<Long, double[]> b = Map.of(1L, new double[] {4, 0}, 2L, new double[] {4, 0});
        assertThat(compare(a, b, 10).distance()).isCloseTo(2, within(1e-12));
    }

    @Test
    void theUnitOfALayerDoesNotMatter() {
        Map<Long, double[]> a = attack(new Seed(1), new Seed(2), 40, 0.2);
        Map<Long, double[]> b = attack(new Seed(1), new Seed(3), 40, 0);
        ProfileComparison before = compare(a, b, 200);
        for (Map<Long, double[]> means : List.of(a, b)) {
            means.values().forEach(layers -> layers[2] = 1000 * layers[2] - 7);
        }

        assertThat(compare(a, b, 200).distance()).isCloseTo(before.distance(), within(1e-10));
        assertThat(compare(a, b, 200).pValue()).isEqualTo(before.pValue());
    }

    @Test
    void anAttackDoesNotDifferFromItself() {
        Map<Long, double[]> a = attack(new Seed(1), new Seed(2), 50, 0);
        ProfileComparison comparison = compare(a, new LinkedHashMap<>(a), 100);
        assertThat(comparison.distance()).isZero();
        assertThat(comparison.pValue()).isEqualTo(1);
    }

    @Test
    void clearlyDifferentAttacksHaveTheSmallestP() {
        Map<Long, double[]> a = attack(new Seed(1), new Seed(2), 100, 2);
        Map<Long, double[]> b = attack(new Seed(1), new Seed(3), 100, 0);
        ProfileComparison comparison = compare(a, b, 999);
        assertThat(comparison.pValue()).isEqualTo(0.001);
        assertThat(comparison.distance()).isBetween(1.0, 1.4);
    }

    @Test
    void pairingFindsWhatIsSmallBesideTheSpreadOfImages() {
        Map<Long, double[]> a = new LinkedHashMap<>();
        Map<Long, double[]> b = new LinkedHashMap<>();
        SplittableRandom random = new Seed(4).random();
        for (long image = 0; image < 50; image++) {
            double common = 100 * random.nextGaussian();
            a.put(image, new double[] {common + random.nextGaussian() + 1});
            b.put(image, new double[] {common + random.nextGaussian()});
        }
        assertThat(compare(a, b, 999).distance()).isLessThan(0.05);
        assertThat(compare(a, b, 999).pValue()).isLessThan(0.01);
    }

    @Test
    void alikeAttacksHaveUniformP() {
        int trials = 400;
        int below5 = 0;
        int below50 = 0;
        for (int trial = 0; trial < trials; trial++) {
            Seed seed = new Seed(5).child(trial);
            Map<Long, double[]> a = attack(seed.child("images"), seed.child("a"), 30, 0);
            Map<Long, double[]> b = attack(seed.child("images"), seed.child("b"), 30, 0);
            double p = ProfileComparison.of("a", a, "b", b, 199, seed)
                    .orElseThrow()
                    .pValue();
            below5 += p <= 0.05 ? 1 : 0;
            below50 += p <= 0.5 ? 1 : 0;
        }
        // Four binomial standard deviations: sqrt(0.05 * 0.95 / 400) = 0.011 and sqrt(0.25 / 400) = 0.025.
        assertThat((double) below5 / trials).isBetween(0.006, 0.094);
        assertThat((double) below50 / trials).isBetween(0.4, 0.6);
    }

    @Test
    void ofTwoImagesEveryOtherSwapIsAsLarge() {
        Map<Long, double[]> a = Map.of(1L, new double[] {1}, 2L, new double[] {2});
        Map<Long, double[]> b = Map.of(1L, new double[] {5}, 2L, new double[] {6});
        assertThat(compare(a, b, 4000).pValue()).isCloseTo(0.5, within(0.04));
    }

    @Test
    void theOrderOfImagesDoesNotMatterAndTheSeedDoes() {
        Map<Long, double[]> a = attack(new Seed(1), new Seed(2), 80, 0.1);
        Map<Long, double[]> b = attack(new Seed(1), new Seed(3), 80, 0);
        Map<Long, double[]> backwards = new LinkedHashMap<>();
        for (long image = 79; image >= 0; image--) {
            backwards.put(image, a.getOrDefault(image, new double[0]));
        }

        ProfileComparison comparison = compare(a, b, 999);

        assertThat(compare(backwards, b, 999)).isEqualTo(comparison);
        assertThat(compare(b, a, 999).pValue()).isEqualTo(comparison.pValue());
        assertThat(ProfileComparison.of("a", a, "b", b, 999, new Seed(4)))
                .isNotEmpty()
                .get()
                .isNotEqualTo(comparison);
    }

    @Test
    void fewerThanTwoCommonImagesAreNotCompared() {
        Map<Long, double[]> a = Map.of(1L, new double[] {1}, 2L, new double[] {2});
        Map<Long, double[]> b = Map.of(2L, new double[] {5}, 3L, new double[] {6});
        assertThat(ProfileComparison.of("a", a, "b", b, 9, SEED)).isEmpty();
        assertThat(ProfileComparison.of("a", a, "b", Map.of(), 9, SEED)).isEmpty();
    }

    @Test
    void otherLayersAndNumbersThatAreNoneAreRefused() {
        Map<Long, double[]> a = Map.of(1L, new double[] {1, 1}, 2L, new double[] {2, 2});
        Map<Long, double[]> shallow = Map.of(1L, new double[] {1}, 2L, new double[] {2});
        Map<Long, double[]> broken = Map.of(1L, new double[] {1, 1}, 2L, new double[] {2, Double.NaN});
        assertThatThrownBy(() -> compare(a, shallow, 9))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("image 1: expected the means of 2 layers, got 1");
        assertThatThrownBy(() -> compare(a, broken, 9))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("image 2: the mean of layer 1 is NaN");
        assertThatThrownBy(() -> compare(a, a, 0))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("permutations must be at least 1");
    }
}
