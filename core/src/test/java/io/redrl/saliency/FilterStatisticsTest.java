package io.redrl.saliency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilterStatisticsTest {
    private static final FilterLayout LAYOUT =
            new FilterLayout(List.of(new FilterLayout.Layer("conv1", 2), new FilterLayout.Layer("conv2", 3)));

    @TempDir
    Path folder;

    private static FilterStatistics empty() {
        return FilterStatistics.empty("vgg", "aaa", "cifar10/train", "ddd", LAYOUT);
    }

    /** Images of which filter 0 has the values 1, 2, 6; filter 1 always 5; the others 0, 0, 3. */
    private static FilterStatistics three() {
        FilterStatistics statistics = empty();
        statistics.add(0, new double[] {1, 5, 0, 0, 0});
        statistics.add(1, new double[] {2, 5, 0, 0, 0});
        statistics.add(7, new double[] {6, 5, 3, 3, 3});
        return statistics;
    }

    /** Values from tiny to large, one filter with an offset of a million deviations, one that never changes. */
    private static double[][] rows(int count) {
        SplittableRandom random = new Seed(1).random();
        double[][] rows = new double[count][];
        for (int i = 0; i < count; i++) {
            rows[i] = new double[] {
                random.nextGaussian(),
                1e6 + random.nextGaussian(),
                1e-9 * random.nextDouble(),
                Math.exp(5 * random.nextGaussian()),
                0.1
            };
        }
        return rows;
    }

    private static void assertClose(double[] actual, double[] expected, double relative) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int k = 0; k < actual.length; k++) {
            assertThat(actual[k]).as("filter %d", k).isCloseTo(expected[k], within(relative * Math.abs(expected[k])));
        }
    }

    @Test
    void meanAndDeviationAreTheHandComputedOnes() {
        FilterStatistics statistics = three();

        assertThat(statistics.images()).isEqualTo(3);
        assertClose(statistics.mean(), new double[] {3, 5, 1, 1, 1}, 1e-15);
        // (4 + 1 + 9) / 2 = 7 and (1 + 1 + 4) / 2 = 3; filter 1 never changes and gets 1.
        double three = Math.sqrt(3);
        assertClose(statistics.deviation(), new double[] {Math.sqrt(7), 1, three, three, three}, 1e-15);
    }

    @Test
    void standardisedIsTheDistanceFromTheMeanInDeviationsWithAndWithoutSign() {
        double[] saliency = {3 - Math.sqrt(28), 5.5, 1, 1 + Math.sqrt(3), 1 - Math.sqrt(12)};

        double[] signed = three().standardised(saliency, true);
        double[] magnitude = three().standardised(saliency, false);

        assertThat(signed).containsExactly(new double[] {-2, 0.5, 0, 1, -2}, within(1e-15));
        assertThat(magnitude).containsExactly(new double[] {2, 0.5, 0, 1, 2}, within(1e-15));
    }

    @Test
    void oneByOneGivesWhatTwoPassesGive() {
        double[][] rows = rows(10_000);
        FilterStatistics statistics = empty();
        for (int i = 0; i < rows.length; i++) {
            statistics.add(i, rows[i]);
        }

        double[] mean = new double[5];
        double[] deviation = new double[5];
        for (int k = 0; k < 5; k++) {
            for (double[] row : rows) {
                mean[k] += row[k] / rows.length;
            }
            double squares = 0;
            double rest = 0;
            for (double[] row : rows) {
                squares += (row[k] - mean[k]) * (row[k] - mean[k]);
                rest += row[k] - mean[k];
            }
            deviation[k] = Math.sqrt((squares - rest * rest / rows.length) / (rows.length - 1));
        }
        deviation[4] = 1;
        assertClose(statistics.mean(), mean, 1e-12);
        assertClose(statistics.deviation(), deviation, 1e-10);
    }

    @Test
    void partsMergedGiveWhatTheWholeGives() {
        double[][] rows = rows(10_000);
        FilterStatistics whole = empty();
        FilterStatistics[] parts = {empty(), empty(), empty(), empty()};
        int[] ends = {1, 5000, 5003, 10_000};
        for (int i = 0, part = 0; i < rows.length; i++) {
            whole.add(i, rows[i]);
            part += i == ends[part] ? 1 : 0;
            parts[part].add(i, rows[i]);
        }

        FilterStatistics merged = parts[2].merged(parts[0]).merged(parts[3].merged(parts[1]));

        assertThat(merged.images()).isEqualTo(10_000);
        assertThat(merged.indices()).isEqualTo("0-9999");
        assertClose(merged.mean(), whole.mean(), 1e-10);
        assertClose(merged.deviation(), whole.deviation(), 1e-10);
        assertThat(merged.deviation()[4]).isEqualTo(1);
        assertThat(parts[0].images()).isEqualTo(1);
    }

    @Test
    void mergingNothingChangesNothing() {
        assertThat(empty().merged(empty()).images()).isZero();
        for (FilterStatistics merged : List.of(three().merged(empty()), empty().merged(three()))) {
            assertThat(merged.mean()).containsExactly(three().mean());
            assertThat(merged.deviation()).containsExactly(three().deviation());
            assertThat(merged.indices()).isEqualTo("0-1,7");
        }
    }

    @Test
    void anImageCountsOnce() {
        FilterStatistics statistics = three();
        double[] row = {1, 1, 1, 1, 1};

        assertThat(statistics.contains(7)).isTrue();
        assertThat(statistics.contains(6)).isFalse();
        assertThatThrownBy(() -> statistics.add(7, row))
                .isInstanceOf(RedrlException.class)
                .hasMessage("image 7 of cifar10/train is in the statistics of vgg already");
        assertThatThrownBy(() -> statistics.add(-1, row)).isInstanceOf(RedrlException.class);
        assertThat(statistics.images()).isEqualTo(3);
    }

    @Test
    void partsThatShareImagesAreNotMerged() {
        FilterStatistics other = empty();
        for (int index = 1; index < 10; index++) {
            other.add(index, new double[5]);
        }
        assertThatThrownBy(() -> three().merged(other))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("share images 1,7 of cifar10/train");
    }

    @Test
    void partsOfAnotherVictimLayoutOrDataAreNotMerged() {
        FilterLayout narrow =
                new FilterLayout(List.of(new FilterLayout.Layer("conv1", 2), new FilterLayout.Layer("conv2", 2)));
        FilterLayout shallow = new FilterLayout(List.of(new FilterLayout.Layer("conv1", 2)));

        assertThatThrownBy(
                        () -> three().merged(FilterStatistics.empty("resnet", "bbb", "cifar10/train", "ddd", LAYOUT)))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("vgg (checksum aaa) and resnet (checksum bbb)");
        assertThatThrownBy(() -> three().merged(FilterStatistics.empty("vgg", "aaa", "cifar10/train", "ddd", narrow)))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("layer 1 is conv2 (3 filters) in one and conv2 (2 filters) in the other");
        assertThatThrownBy(() -> three().merged(FilterStatistics.empty("vgg", "aaa", "cifar10/train", "ddd", shallow)))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("layer 1 is conv2 (3 filters) in one and absent in the other");
        assertThatThrownBy(() -> three().merged(FilterStatistics.empty("vgg", "aaa", "cifar10/test", "eee", LAYOUT)))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("cifar10/train (checksum ddd) and cifar10/test (checksum eee)");
    }

    @Test
    void wrongRowsAreRefusedByNameAndLeaveNoTrace() {
        FilterStatistics statistics = three();
        FilterStatistics before = three();

        assertThatThrownBy(() -> statistics.add(8, new double[4]))
                .isInstanceOf(RedrlException.class)
                .hasMessage("image 8: expected the saliency of 5 filters, got 4");
        assertThatThrownBy(() -> statistics.add(8, new double[] {1, 1, 1, Double.NaN, 1}))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("image 8: the saliency of filter 1 (from 0) of layer conv2 is NaN");
        assertThatThrownBy(() -> statistics.add(8, new double[] {1, Double.POSITIVE_INFINITY, 1, 1, 1}))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("filter 1 (from 0) of layer conv1 is Infinity");
        assertThatThrownBy(() -> statistics.standardised(new double[] {1, 1, 1, 1, Double.NaN}, false))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("filter 2 (from 0) of layer conv2 is NaN");

        assertThat(statistics.contains(8)).isFalse();
        assertThat(statistics.mean()).containsExactly(before.mean());
        assertThat(statistics.deviation()).containsExactly(before.deviation());
    }

    @Test
    void tooFewImagesHaveNoDeviation() {
        FilterStatistics one = empty();
        one.add(3, new double[] {1, 2, 3, 4, 5});

        assertThat(one.mean()).containsExactly(1, 2, 3, 4, 5);
        assertThatThrownBy(one::deviation)
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("at least 2; the statistics of vgg on cifar10/train have 1");
        assertThatThrownBy(() -> one.standardised(new double[5], false)).isInstanceOf(RedrlException.class);
        assertThatThrownBy(() -> empty().mean()).isInstanceOf(RedrlException.class);
    }

    @Test
    void workGoesOnFromAFileAsIfItHadNotStopped() {
        double[][] rows = rows(200);
        Path file = folder.resolve("parts/statistics.json");
        FilterStatistics whole = empty();
        FilterStatistics resumed = empty();
        for (int i = 0; i < rows.length; i++) {
            whole.add(3 * i, rows[i]);
            resumed.add(3 * i, rows[i]);
            if (i % 50 == 0) {
                resumed.save(file);
                resumed = FilterStatistics.open(file);
            }
        }

        assertThat(resumed.victim()).isEqualTo("vgg");
        assertThat(resumed.layout()).isEqualTo(LAYOUT);
        assertThat(resumed.indices()).isEqualTo(whole.indices());
        assertThat(resumed.mean()).containsExactly(whole.mean());
        assertThat(resumed.deviation()).containsExactly(whole.deviation());
        assertThat(resumed.merged(empty()).images()).isEqualTo(200);
    }

    @Test
    void anEmptyFileOpens() {
        Path file = folder.resolve("statistics.json");
        empty().save(file);
        assertThat(FilterStatistics.open(file).images()).isZero();
        assertThat(FilterStatistics.open(file).indices()).isEmpty();
    }

    @Test
    void statisticsOfAnotherVictimAreRefused() {
        FilterStatistics statistics = three();
        FilterLayout other = new FilterLayout(List.of(new FilterLayout.Layer("conv1", 5)));

        statistics.requireOf("s.json", "aaa", new FilterLayout(LAYOUT.layers()));
        assertThatThrownBy(() -> statistics.requireOf("s.json", "bbb", LAYOUT))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining(
                        "the statistics in s.json are of another victim: vgg (checksum aaa), wanted checksum bbb");
        assertThatThrownBy(() -> statistics.requireOf("s.json", "aaa", other))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("layer 0 is conv1 (2 filters) in them and conv1 (5 filters) in the victim");
    }

    @Test
    void alteredFilesAreRefused() throws IOException {
        Path file = folder.resolve("statistics.json");
        three().save(file);
        String good = Files.readString(file);

        assertAltered(file, good.replace("\"0-1,7\"", "\"0-1\""), "3 images do not fit the 2 indices in 0-1");
        assertAltered(file, good.replace("\"images\" : 3", "\"images\" : 4"), "4 images do not fit");
        assertAltered(file, good.replace("\"filters\" : 3", "\"filters\" : 4"), "statistics of 6 filters");
        assertAltered(file, good.replace("14.0", "-14.0"), "a sum of squares is below 0");
        assertAltered(file, good.substring(0, good.length() / 2), "statistics.json");
        assertThatThrownBy(() -> FilterStatistics.open(folder.resolve("none.json")))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("No such file");
    }

    private static void assertAltered(Path file, String text, String message) throws IOException {
        Files.writeString(file, text);
        assertThatThrownBy(() -> FilterStatistics.open(file))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining(message);
    }
}
