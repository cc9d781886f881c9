package io.redrl.saliency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.data.Split;
import io.redrl.data.TestData;
import io.redrl.image.ImageShape;
import io.redrl.model.NetworkClassifier;
import io.redrl.model.TorchScriptClassifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.TestVictims;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class InputSaliencyTest {
    private static final int SIDE = 8;
    private static final long[] LABEL = {1};

    private static FilterStatistics statistics(FilterSaliency victim, Tensor images) {
        FilterStatistics statistics = FilterStatistics.empty(
                victim.victim().id(), victim.victim().checksum(), "made", "made", victim.layout());
        double[][] saliency = victim.of(images, new long[(int) images.size(0)]);
        for (int i = 0; i < saliency.length; i++) {
            statistics.add(i, saliency[i]);
        }
        return statistics;
    }

    /** D_C by plain arithmetic. */
    private static double distance(double[] a, double[] b) {
        double dot = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            dot += a[i] * b[i];
            aa += a[i] * a[i];
            bb += b[i] * b[i];
        }
        return 1 - dot / Math.sqrt(aa * bb);
    }

    private static double[] boosted(double[] saliency, InputSaliency settings) {
        Set<Integer> most = IntStream.range(0, saliency.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer k) -> saliency[k]).reversed())
                .limit(settings.filters())
                .collect(Collectors.toSet());
        double[] boosted = saliency.clone();
        most.forEach(k -> boosted[k] *= settings.boost());
        return boosted;
    }

    @Test
    void isTheFiniteDifferenceOfTheDistance() {
        for (boolean signed : new boolean[] {false, true}) {
            Scopes.run(() -> {
                try (NetworkClassifier network = TestVictims.victim("vgg8", 4, SIDE, ScalarType.Double)) {
                    InputSaliency settings = new InputSaliency(3, 100, signed);
                    FilterSaliency victim = FilterSaliency.of(network);
                    FilterStatistics statistics = statistics(
                            victim,
                            Tensors.uniform(new Seed(1), 12, 3, SIDE, SIDE).to(ScalarType.Double));
                    Tensor image =
                            Tensors.uniform(new Seed(2), 1, 3, SIDE, SIDE).to(ScalarType.Double);
                    double[] map = settings.maps(victim, statistics, image, LABEL)[0];
                    double[] target = boosted(statistics.standardised(victim.of(image, LABEL)[0], signed), settings);

                    double step = 1e-6;
                    double largest = Arrays.stream(map).max().orElseThrow();
                    assertThat(largest).isPositive();
                    double[] pixels = Tensors.toDoubles(image);
                    for (int i = 0; i < pixels.length; i += 7) {
                        double[] difference = new double[2];
                        for (int side = 0; side < 2; side++) {
                            double[] moved = pixels.clone();
                            moved[i] += side == 0 ? step : -step;
                            Tensor x = Tensor.create(moved, 1, 3, SIDE, SIDE);
                            difference[side] =
                                    distance(statistics.standardised(victim.of(x, LABEL)[0], signed), target);
                        }
                        double slope = (difference[0] - difference[1]) / (2 * step);
                        assertThat(map[i]).isCloseTo(Math.abs(slope), within(1e-4 * largest));
                    }
                }
            });
        }
    }

    @Test
    void worksForATorchScriptFileAndInPlainValues() {
        Optional<Path> file = TestData.shared("resnet20-cifar10.torchscript.pt");
        Assumptions.assumeTrue(file.isPresent(), "no resnet20-cifar10.torchscript.pt in the shared data folder");
        Scopes.run(() -> {
            try (TorchScriptClassifier script = TorchScriptClassifier.open(file.get(), ImageShape.square(32))) {
                FilterSaliency victim = FilterSaliency.of(script);
                FilterStatistics statistics = statistics(
                        victim, Tensors.pixels(TestData.cifar10(Split.TEST).images(0, 1, 2, 3)));
                ImageSaliency saliency = ImageSaliency.of(
                        victim,
                        statistics,
                        InputSaliency.DEFAULTS,
                        TestData.cifar10(Split.TEST).image(0),
                        3);
                assertThat(saliency.map()).hasSize(3 * 32 * 32).allMatch(value -> value >= 0);
                assertThat(saliency.map()).anyMatch(value -> value > 0);
                assertThat(saliency.prediction()).isEqualTo(3);
                assertThat(saliency.filters())
                        .hasSize(10)
                        .isSortedAccordingTo(Comparator.comparingDouble(ImageSaliency.Filter::standardised)
                                .reversed());
            }
        });
    }

    @Test
    void aPictureShowsTheLargestChannel() {
        assertThat(InputSaliency.overChannels(new double[] {1, 2, 5, 0, 3, 4}, 3))
                .containsExactly(5, 4);
    }

    @Test
    void refusesStatisticsOfAnotherVictim() {
        Scopes.run(() -> {
            try (NetworkClassifier one = TestVictims.victim("vgg8", 4, SIDE, ScalarType.Float);
                    NetworkClassifier other = TestVictims.victim("resnet20", 4, SIDE, ScalarType.Float)) {
                Tensor images = Tensors.uniform(new Seed(1), 3, 3, SIDE, SIDE);
                FilterStatistics statistics = statistics(FilterSaliency.of(one), images);
                assertThatThrownBy(() -> InputSaliency.DEFAULTS.maps(
                                FilterSaliency.of(other), statistics, images, new long[] {0, 1, 2}))
                        .isInstanceOf(RedrlException.class)
                        .hasMessageContaining("another victim");
            }
        });
    }

    @Test
    void refusesSettingsOutOfRange() {
        assertThatThrownBy(() -> new InputSaliency(0, 100, false)).hasMessageContaining("filters");
        assertThatThrownBy(() -> new InputSaliency(10, 1, false)).hasMessageContaining("boost");
    }
}
