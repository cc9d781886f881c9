package io.redrl.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.RedrlException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OodScoreTest {
    private static final double[] NO_LOGITS = new double[6];

    @TempDir
    Path folder;

    /** Two classes in the plane: ±(1, 2) steps around (0, 0) and (10, 0), so the shared covariance is diag(1, 4)/2 each. */
    private static final double[][] CROSS = {{1, 0}, {-1, 0}, {0, 2}, {0, -2}, {11, 0}, {9, 0}, {10, 2}, {10, -2}};

    /** Sixty rows of ten images. */
    private static final int[] IMAGES =
            IntStream.range(0, 60).map(i -> Math.floorDiv(i, 6)).toArray();

    private static final int[] CLASSES = {0, 0, 0, 0, 1, 1, 1, 1};

    @Test
    void mahalanobisIsItsClosedForm() {
        OodScore score = MahalanobisScore.fit(CROSS, 0, CLASSES, 2, false);
        // Σ = diag(1/2, 2), raised by a hundredth of its mean diagonal, 1.25.
        double raised = Covariance.SHRINKAGE * 1.25;
        assertThat(score.of(new double[] {3, 4}, NO_LOGITS))
                .isCloseTo(9 / (0.5 + raised) + 16 / (2 + raised), within(1e-9));
        assertThat(score.of(new double[] {8, 0}, NO_LOGITS)).isCloseTo(4 / (0.5 + raised), within(1e-9));
    }

    @Test
    void mahalanobisKnowsCorrelation() {
        double[][] rows = {{1, 1}, {-1, -1}, {2, 1}, {-2, -1}};
        // Σ = [[2.5, 1.5], [1.5, 1]], det 0.25, Σ⁻¹ = [[4, −6], [−6, 10]], up to the raised diagonal.
        double along = MahalanobisScore.fit(rows, 0, new int[4], 1, false).of(new double[] {3, 2}, NO_LOGITS);
        double raised = Covariance.SHRINKAGE * 1.75;
        double a = 2.5 + raised;
        double d = 1 + raised;
        assertThat(along).isCloseTo((9 * d - 12 * 1.5 + 4 * a) / (a * d - 2.25), within(1e-9));
    }

    @Test
    void relativeMahalanobisTakesOffTheDistanceToEverything() {
        OodScore plain = MahalanobisScore.fit(CROSS, 0, CLASSES, 2, false);
        OodScore background = MahalanobisScore.fit(CROSS, 0, new int[8], 1, false);
        OodScore relative = MahalanobisScore.fit(CROSS, 0, CLASSES, 2, true);
        double[] x = {4, -3};
        assertThat(relative.of(x, NO_LOGITS))
                .isCloseTo(plain.of(x, NO_LOGITS) - background.of(x, NO_LOGITS), within(1e-9));
    }

    @Test
    void featuresBeforeTheHeadsAreLeftOutOfAccount() {
        double[][] padded = Arrays.stream(CROSS)
                .map(r -> new double[] {r[1] * 77, r[0], r[1]})
                .toArray(double[][]::new);
        OodScore score = MahalanobisScore.fit(padded, 1, CLASSES, 2, false);
        assertThat(score.of(new double[] {-5, 3, 4}, NO_LOGITS))
                .isEqualTo(MahalanobisScore.fit(CROSS, 0, CLASSES, 2, false).of(new double[] {3, 4}, NO_LOGITS));
    }

    @Test
    void logitsGiveSoftmaxEnergyAndTheirGreatest() {
        assertThat(new LogitScore(2, OodMethod.MAX_LOGIT).of(new double[0], new double[] {-3, 4, 1}))
                .isEqualTo(-2);
        double[] logits = {2, 0, 0, 0, 0, 0};
        double total = Math.exp(1) + 5;
        assertThat(new LogitScore(2, OodMethod.MAX_SOFTMAX).of(new double[0], logits))
                .isCloseTo(1 - Math.exp(1) / total, within(1e-12));
        assertThat(new LogitScore(2, OodMethod.ENERGY).of(new double[0], logits))
                .isCloseTo(-Math.log(total), within(1e-12));
    }

    @Test
    void neighboursMeasureTheTenthNearestDirection() {
        double[][] images = IntStream.range(0, 20)
                .mapToObj(i -> new double[] {Math.cos(0.05 * i), Math.sin(0.05 * i)})
                .toArray(double[][]::new);
        OodScore score = new NeighbourScore(0, new double[] {1, 1}, images);
        // The tenth nearest to the first is 0.45 away in angle; length does not count.
        assertThat(score.of(new double[] {5, 0}, NO_LOGITS)).isCloseTo(2 - 2 * Math.cos(0.45), within(1e-12));
    }

    @Test
    void theNeighboursAreOfAllClassesThoughRowsComeInTheirOrder() {
        double[][] features = IntStream.range(0, 3072)
                .mapToObj(i ->
                        new double[] {i % 6 == 0 ? 1 : 0, i % 6 == 1 ? 1 : 0, i % 6 == 2 ? 1 : 0, i % 6 > 2 ? 1 : 0})
                .toArray(double[][]::new);
        NeighbourScore score = NeighbourScore.fit(new Activations(features, new double[3072][6], List.of(0)), 0, false);
        for (int k = 0; k < 4; k++) {
            int own = k;
            assertThat(Arrays.stream(score.images())
                            .filter(row -> row[own] == 1)
                            .count())
                    .isGreaterThan(100);
        }
    }

    @Test
    void neighboursInAllStagesMeasureInStandardDeviations() {
        SplittableRandom random = new SplittableRandom(4);
        double[][] features = random(random, 3000, 3);
        for (double[] row : features) {
            row[2] = 5; // a dead channel says nothing
            row[1] *= 1000;
        }
        NeighbourScore score =
                NeighbourScore.fit(new Activations(features, random(random, 3000, 6), List.of(0)), 0, true);
        assertThat(score.images()).hasNumberOfRows(1024);
        assertThat(score.scale()[0] / score.scale()[1]).isCloseTo(1000, within(50.0));
        assertThat(score.of(new double[] {0.5, 500, 77}, NO_LOGITS))
                .isEqualTo(score.of(new double[] {0.5, 500, 5}, NO_LOGITS));
    }

    @Test
    void theVirtualLogitIsWhatPrincipalDirectionsLeave() {
        SplittableRandom random = new SplittableRandom(1);
        double[][] features = new double[200][];
        double[][] logits = new double[200][];
        for (int i = 0; i < 200; i++) {
            features[i] = new double[] {10 * random.nextDouble(), 8 * random.nextDouble(), 0.01 * random.nextDouble()};
            logits[i] = new double[] {3, 0, 0, 0, 0, 0};
        }
        VirtualLogitScore score = VirtualLogitScore.fit(new Activations(features, logits, List.of(0)));
        assertThat(score.principal()).hasNumberOfRows(2);
        double[] flat = {5, 4, 0.005};
        double[] off = {5, 4, 1.005};
        assertThat(score.of(off, logits[0]) - score.of(flat, logits[0]))
                .isCloseTo(score.scale(), within(0.01 * score.scale()));
    }

    @Test
    void everyScoreComesBackFromItsFile() {
        SplittableRandom random = new SplittableRandom(9);
        double[][] features = random(random, 60, 8);
        double[][] logits = random(random, 60, 6);
        Activations known = new Activations(features, logits, List.of(0, 1, 3));
        int[] classes = IntStream.range(0, 60).map(i -> i % 6).toArray();
        Activations others = new Activations(random(random, 10, 8), random(random, 10, 6), List.of(0, 1, 3));
        for (OodMethod method : OodMethod.values()) {
            OodScore fitted = OodScore.fit(method, known, classes, IMAGES, 1.5);
            Path file = folder.resolve(method + ".safetensors");
            fitted.write(file);
            double[] before = fitted.of(others);
            double[] after = OodScore.read(method, file).of(others);
            for (int i = 0; i < 10; i++) {
                assertThat(after[i]).as(method.label()).isCloseTo(before[i], within(1e-3 * (1 + Math.abs(before[i]))));
            }
        }
        assertThatThrownBy(() -> OodScore.read(OodMethod.MAHALANOBIS, folder.resolve("ENERGY.safetensors")))
                .hasMessageContaining("has no first");
    }

    private static double[][] random(SplittableRandom random, int rows, int columns) {
        return IntStream.range(0, rows)
                .mapToObj(i -> random.doubles(columns).toArray())
                .toArray(double[][]::new);
    }

    @Test
    void aFileFittedToOtherFeaturesIsRefused() {
        SplittableRandom random = new SplittableRandom(8);
        Activations known = new Activations(random(random, 60, 12), random(random, 60, 6), List.of(0, 1, 3, 7));
        int[] classes = IntStream.range(0, 60).map(i -> i % 6).toArray();
        for (OodMethod method : OodMethod.values()) {
            OodScore score = OodScore.fit(method, known, classes, IMAGES, 1);
            Path file = folder.resolve("unknown.safetensors");
            score.requireFits(12, file);
            for (int features : score.end() == 0 ? new int[0] : new int[] {11, 13}) {
                assertThatThrownBy(() -> score.requireFits(features, file))
                        .as(method + " " + features)
                        .isInstanceOf(RedrlException.class)
                        .hasMessageContaining("does not fit this recogniser");
            }
        }
    }

    @Test
    void fishersMethodAddsUpHowRareEachScoreIs() {
        SplittableRandom random = new SplittableRandom(6);
        Activations known = new Activations(random(random, 60, 12), random(random, 60, 6), List.of(0, 1, 3, 7));
        FisherScore score =
                FisherScore.fit(known, IntStream.range(0, 60).map(i -> i % 6).toArray(), IMAGES, 1);
        assertThat(score.scores()).hasSize(6);
        // Images 0, 3, 6 and 9 are kept out of the fits.
        assertThat(score.tails()).hasDimensions(6, 4 * 6);
        double sum = 0;
        for (int i = 0; i < 6; i++) {
            sum += (i == 5 ? 5 : 1)
                    * FisherScore.surprise(
                            score.tails()[i], score.scores().get(i).of(known.features()[7], known.logits()[7]));
        }
        assertThat(score.of(known.features()[7], known.logits()[7])).isCloseTo(sum, within(1e-12));
        int[] widths = {1, 2, 4, 5};
        for (int i = 0; i < widths.length; i++) {
            assertThat(((MahalanobisScore) score.scores().get(i)).whitening()).hasDimensions(widths[i], widths[i]);
        }
    }

    @Test
    void surpriseIsTheLogarithmOfAShareAndGoesOnBeyondTheLast() {
        double[] values = IntStream.rangeClosed(1, 99).asDoubleStream().toArray();
        assertThat(FisherScore.surprise(values, 0)).isCloseTo(0, within(1e-12));
        assertThat(FisherScore.surprise(values, 50)).isCloseTo(Math.log(100 / 51.0), within(1e-12));
        // The 90th and the 98th of a hundred lie 8 apart: a fifth as many are left, and so on for every 8 more.
        assertThat(FisherScore.surprise(values, 98) - FisherScore.surprise(values, 90.001))
                .isCloseTo(Math.log(5), within(1e-2));
        assertThat(FisherScore.surprise(values, 122)).isCloseTo(Math.log(10) + 4 * Math.log(5), within(1e-9));
        assertThat(FisherScore.surprise(new double[] {2, 2}, 3)).isCloseTo(Math.log(3), within(1e-12));
    }
}
