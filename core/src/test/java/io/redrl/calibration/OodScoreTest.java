package io.redrl.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.RedrlException;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OodScoreTest {
    @TempDir
    Path folder;

    /** Two classes in the plane: ±(1, 2) steps around (0, 0) and (10, 0), so the shared covariance is diag(1, 4)/2 each. */
    private static final double[][] CROSS = {{1, 0}, {-1, 0}, {0, 2}, {0, -2}, {11, 0}, {9, 0}, {10, 2}, {10, -2}};

    private static final int[] CLASSES = {0, 0, 0, 0, 1, 1, 1, 1};

    /** Images whose features start at 0, 1, 3 and 7. */
    private static Activations random(SplittableRandom random, int rows, int features) {
        return new Activations(
                normal(random, rows, features),
                normal(random, rows, 6),
                List.of(0, 1, 3, 7).subList(0, features > 7 ? 4 : 3));
    }

    private static double[][] normal(SplittableRandom random, int rows, int columns) {
        return IntStream.range(0, rows)
                .mapToObj(i -> IntStream.range(0, columns)
                        .mapToDouble(j -> random.nextGaussian())
                        .toArray())
                .toArray(double[][]::new);
    }

    private static int[] classes(int rows) {
        return IntStream.range(0, rows).map(i -> i % 6).toArray();
    }

    /** Six rows of each image. */
    private static int[] images(int rows) {
        return IntStream.range(0, rows).map(i -> Math.floorDiv(i, 6)).toArray();
    }

    private static Activations of(double[]... features) {
        return new Activations(features, new double[features.length][6], List.of(0));
    }

    private static double score(OodScore score, double... features) {
        return score.of(of(features))[0];
    }

    private static double ofLogits(OodScore score, double... logits) {
        return score.of(new Activations(new double[1][1], new double[][] {logits}, List.of(0)))[0];
    }

    @Test
    void mahalanobisIsItsClosedForm() {
        OodScore score = MahalanobisScore.fit(of(CROSS), 0, 2, CLASSES);
        // Σ = diag(1/2, 2), raised by a hundredth of its mean diagonal, 1.25.
        double raised = MahalanobisScore.SHRINKAGE * 1.25;
        assertThat(score(score, 2, 4)).isCloseTo(4 / (0.5 + raised) + 16 / (2 + raised), within(1e-9));
        assertThat(score(score, 8, 0)).isCloseTo(4 / (0.5 + raised), within(1e-9));
        // The four classes without images lie at the mean of all, (5, 0).
        assertThat(score(score, 5, 0)).isCloseTo(0, within(1e-9));
    }

    @Test
    void mahalanobisKnowsCorrelation() {
        Activations rows = of(new double[][] {{1, 1}, {-1, -1}, {2, 1}, {-2, -1}});
        // Σ = [[2.5, 1.5], [1.5, 1]], det 0.25, Σ⁻¹ = [[4, −6], [−6, 10]], up to the raised diagonal.
        double along = score(MahalanobisScore.fit(rows, 0, 2, new int[4]), 3, 2);
        double raised = MahalanobisScore.SHRINKAGE * 1.75;
        double a = 2.5 + raised;
        double d = 1 + raised;
        assertThat(along).isCloseTo((9 * d - 12 * 1.5 + 4 * a) / (a * d - 2.25), within(1e-9));
    }

    @Test
    void featuresOfOtherStagesAreLeftOutOfAccount() {
        double[][] padded = Arrays.stream(CROSS)
                .map(r -> new double[] {r[1] * 77, r[0], r[1], -r[0]})
                .toArray(double[][]::new);
        assertThat(score(MahalanobisScore.fit(of(padded), 1, 3, CLASSES), -5, 3, 4, 9))
                .isCloseTo(score(MahalanobisScore.fit(of(CROSS), 0, 2, CLASSES), 3, 4), within(1e-12));
    }

    @Test
    void logitsGiveSoftmaxAndTheirGreatest() {
        assertThat(ofLogits(new LogitScore(2, OodMethod.MAX_LOGIT), -3, 4, 1)).isEqualTo(-2);
        double total = Math.exp(1) + 5;
        assertThat(ofLogits(new LogitScore(2, OodMethod.MAX_SOFTMAX), 2, 0, 0, 0, 0, 0))
                .isCloseTo(1 - Math.exp(1) / total, within(1e-12));
        assertThat(ofLogits(new LogitScore(1, OodMethod.MAX_SOFTMAX), 1e4, -1e4))
                .isZero();
    }

    @Test
    void neighboursMeasureTheTenthNearestDirection() {
        double[] circle = IntStream.range(0, 20)
                .boxed()
                .flatMapToDouble(i -> Arrays.stream(new double[] {Math.cos(0.05 * i), Math.sin(0.05 * i)}))
                .toArray();
        Scopes.run(() -> {
            try (NeighbourScore score =
                    new NeighbourScore(Tensors.doubles(new double[] {1, 1}, 1, 2), Tensors.doubles(circle, 20, 2))) {
                // The tenth nearest to the first is 0.45 away in angle; length does not count.
                assertThat(score(score, 5, 0)).isCloseTo(2 - 2 * Math.cos(0.45), within(1e-12));
                assertThat(score(score, 0, 0)).isCloseTo(1, within(1e-12));
            }
        });
    }

    @Test
    void theNeighboursAreOfAllClassesThoughRowsComeInTheirOrder() {
        double[][] features = IntStream.range(0, 3072)
                .mapToObj(i -> new double[] {i < 512 ? 1 : 0, i >= 512 && i < 1024 ? 1 : 0, i >= 1024 ? 1 : 0})
                .toArray(double[][]::new);
        try (NeighbourScore score = NeighbourScore.fit(of(features))) {
            double[] kept = Tensors.toDoubles(score.images());
            assertThat(kept).hasSize(3 * 1024);
            for (int k = 0; k < 3; k++) {
                int own = k;
                assertThat(IntStream.range(0, 1024)
                                .filter(i -> kept[3 * i + own] > 0.5)
                                .count())
                        .isGreaterThan(100);
            }
        }
    }

    @Test
    void neighboursMeasureInStandardDeviations() {
        SplittableRandom random = new SplittableRandom(4);
        double[][] features = normal(random, 3000, 3);
        for (double[] row : features) {
            row[2] = 5; // a dead channel says nothing
            row[1] *= 1000;
        }
        try (NeighbourScore score = NeighbourScore.fit(of(features))) {
            double[] scale = Tensors.toDoubles(score.scale());
            assertThat(scale[0] / scale[1]).isCloseTo(1000, within(50.0));
            assertThat(scale[2]).isZero();
            assertThat(score(score, 0.5, 500, 77)).isEqualTo(score(score, 0.5, 500, 5));
        }
    }

    @Test
    void everyScoreComesBackFromItsFile() {
        SplittableRandom random = new SplittableRandom(9);
        Activations known = random(random, 60, 7);
        Activations others = random(random, 10, 7);
        for (OodMethod method : OodMethod.values()) {
            Path own = folder.resolve(method.name());
            OodScore fitted = OodScore.fit(method, known, classes(60), images(60), 1.5);
            fitted.write(own.resolve(OodScore.FILE));
            double[] before = fitted.of(others);
            double[] after = OodScore.load(own, new Calibration(1.5, 1, method)).of(others);
            for (int i = 0; i < 10; i++) {
                assertThat(after[i]).as(method.label()).isCloseTo(before[i], within(1e-3 * (1 + Math.abs(before[i]))));
            }
        }
        assertThatThrownBy(() -> OodScore.load(
                        folder.resolve(OodMethod.NEIGHBOURS.name()), new Calibration(1, 1, OodMethod.FISHER)))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("has no 1.tail");
        assertThatThrownBy(() -> OodScore.load(
                        folder.resolve(OodMethod.FISHER.name()), new Calibration(1, 1, OodMethod.NEIGHBOURS)))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("has no scale");
    }

    @Test
    void aFileFittedToOtherFeaturesIsRefused() {
        Activations known = random(new SplittableRandom(8), 60, 12);
        for (OodMethod method : OodMethod.values()) {
            OodScore score = OodScore.fit(method, known, classes(60), images(60), 1);
            Path file = folder.resolve(OodScore.FILE);
            score.requireFits(12, file);
            for (int features : score.featureCount() == 0 ? new int[0] : new int[] {11, 13}) {
                assertThatThrownBy(() -> score.requireFits(features, file))
                        .as(method + " " + features)
                        .isInstanceOf(RedrlException.class)
                        .hasMessageContaining("does not fit this recogniser");
            }
        }
    }

    @Test
    void activationsThatAreNoNumbersAreRefused() {
        Activations known = random(new SplittableRandom(8), 60, 12);
        known.features()[7][3] = Double.NaN;
        assertThatThrownBy(() -> OodScore.fit(OodMethod.FISHER, known, classes(60), images(60), 1))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("not finite");
    }

    /** −ln p of a uniform p is 1 on average, and there are four stages, the neighbours, and the logit that counts as five. */
    @Test
    void fishersMethodAddsUpHowRareEachScoreIs() {
        SplittableRandom random = new SplittableRandom(6);
        int rows = 3000;
        FisherScore score = FisherScore.fit(random(random, rows, 12), classes(rows), images(rows), 1);
        assertThat(score.scores()).hasSize(6);
        assertThat(score.tails()).hasDimensions(6, 1002); // of every third of the 500 images
        assertThat(Arrays.stream(score.of(random(random, rows, 12))).average().orElseThrow())
                .isCloseTo(10, within(0.5));
        double[] typical = new double[12];
        double before = score(score, typical);
        for (int stage : new int[] {0, 1, 3, 7}) {
            double[] odd = typical.clone();
            odd[stage] = 20;
            assertThat(score(score, odd)).isGreaterThan(before + 10);
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
