package io.redrl.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.ImageStack;
import io.redrl.attack.AttackClass;
import io.redrl.base.Progress;
import io.redrl.base.Seed;
import io.redrl.recognition.Recogniser;
import io.redrl.recognition.RecogniserInput;
import io.redrl.recognition.Trainer;
import io.redrl.tensor.Scopes;
import io.redrl.testing.MadeImages;
import io.redrl.testing.Toy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrationFitTest {
    private static final MadeImages IMAGES = Toy.images(Toy.IMAGES);

    @TempDir
    Path folder;

    @Test
    void aFittedRecogniserJudgesByItsCalibration() {
        List<AdversarialExample> rows = Toy.rows(IMAGES, "uint8");
        Trainer.train(Toy.spec(RecogniserInput.IMAGE), rows, IMAGES, null, null, folder, Progress.silent());
        CalibrationFit fit;
        try (Recogniser raw = Recogniser.load(folder)) {
            assertThat(raw.calibration()).isEqualTo(Calibration.NONE);
            List<SyntheticOutlier.Image> outliers = outliers(rows);
            fit = CalibrationFit.of(
                    activations(raw, rows),
                    rows.stream()
                            .mapToInt(row -> List.of(AttackClass.values()).indexOf(row.attackClass()))
                            .toArray(),
                    rows.stream().mapToInt(AdversarialExample::index).toArray(),
                    activations(
                            raw,
                            outliers.stream().map(SyntheticOutlier.Image::row).toList()),
                    outliers,
                    0.1);
        }
        assertThat(fit.summary().images()).isEqualTo(6 * Toy.IMAGES);
        assertThat(fit.summary().candidates())
                .hasSize(OodMethod.values().length)
                .allSatisfy(
                        c -> assertThat(c.kinds()).containsKeys(SyntheticOutlier.HALVES, SyntheticOutlier.SHUFFLED));
        double best = fit.summary().candidates().stream()
                .mapToDouble(CalibrationFit.Candidate::auroc)
                .max()
                .orElseThrow();
        assertThat(fit.summary().candidates()).anySatisfy(c -> {
            assertThat(c.method()).isEqualTo(fit.summary().calibration().score());
            assertThat(c.auroc()).isEqualTo(best);
        });
        fit.save(folder);
        try (Recogniser calibrated = Recogniser.load(folder)) {
            assertThat(calibrated.calibration()).isEqualTo(fit.summary().calibration());
            Activations trace = activations(calibrated, rows);
            List<Prediction> judgements = calibrated.judge(trace);
            double[] scores = fit.score().of(trace);
            for (int i = 0; i < scores.length; i++) {
                Prediction judgement = judgements.get(i);
                assertThat(judgement.oodScore()).isCloseTo(scores[i], within(1e-2 * (1 + Math.abs(scores[i]))));
                assertThat(judgement.unknown())
                        .isEqualTo(judgement.oodScore()
                                > fit.summary().calibration().threshold());
                assertThat(judgement.probabilities().stream()
                                .mapToDouble(Double::doubleValue)
                                .sum())
                        .isCloseTo(1, within(1e-9));
            }
        }
    }

    private static Activations activations(Recogniser recogniser, List<AdversarialExample> rows) {
        return Scopes.valued(() -> recogniser.trace(ImageStack.pixels(rows), null));
    }

    private static List<SyntheticOutlier.Image> outliers(List<AdversarialExample> rows) {
        return SyntheticOutlier.of(rows, SyntheticOutlier.others(Set.of()), IMAGES, new Seed(4));
    }

    @Test
    void scalingIsKeptOnlyWhereItIsBetterOnImagesOutsideTheFit() {
        // Logits three times too large for what is drawn by them: one temperature says it all.
        assertThat(calibration(3, 0).scaling()).isEmpty();
        assertThat(calibration(3, 0).temperature()).isCloseTo(3, within(0.5));
        // The first class said too seldom besides: no temperature mends that.
        assertThat(calibration(3, -2).scaling()).hasValueSatisfying(scaling -> assertThat(
                        scaling.offsets().get(0) - scaling.offsets().get(1))
                .isCloseTo(2, within(0.5)));
    }

    /** Of 3,000 images whose classes are drawn by logits that are then multiplied, the first class's moved before. */
    private static Calibration calibration(double factor, double offset) {
        SplittableRandom random = new SplittableRandom(7);
        int count = 3000;
        double[][] logits = new double[count][6];
        int[] classes = new int[count];
        for (int i = 0; i < count; i++) {
            double[] odds = random.doubles(6, -2, 2).toArray();
            double[] probabilities = Temperature.softmax(odds, 1);
            double left = random.nextDouble();
            while (classes[i] < 5 && (left -= probabilities[classes[i]]) > 0) {
                classes[i]++;
            }
            for (int k = 0; k < 6; k++) {
                logits[i][k] = factor * (odds[k] + (k == 0 ? offset : 0));
            }
        }
        double[][] features = new double[count][];
        Arrays.setAll(features, i -> random.doubles(2).toArray());
        Activations known = new Activations(features, logits, List.of(0));
        SyntheticOutlier.Image outlier =
                new SyntheticOutlier.Image(SyntheticOutlier.HALVES, Toy.row(IMAGES, 0, AttackClass.PGD, "uint8"));
        return CalibrationFit.of(
                        known, classes, IntStream.range(0, count).toArray(), known.at(0), List.of(outlier), 0.05)
                .summary()
                .calibration();
    }

    @Test
    void activationsHaveTheLogits() {
        Trainer.train(
                Toy.spec(RecogniserInput.IMAGE),
                Toy.rows(IMAGES, "uint8"),
                IMAGES,
                null,
                null,
                folder,
                Progress.silent());
        List<AdversarialExample> some = Toy.rows(IMAGES, "uint8").subList(0, 12);
        try (Recogniser recogniser = Recogniser.load(folder)) {
            Activations trace = activations(recogniser, some);
            float[] logits = Scopes.valued(
                    () -> io.redrl.tensor.Tensors.toFloats(recogniser.logits(ImageStack.pixels(some), null)));
            assertThat(trace.features()).hasDimensions(12, 6 * 15);
            assertThat(trace.starts().get(3)).isEqualTo(6 * 7);
            for (int i = 0; i < logits.length; i++) {
                assertThat(trace.logits()[i / 6][i % 6]).isCloseTo(logits[i], within(1e-5));
            }
        }
    }

    @Test
    void syntheticOutliersAreMadeOfTwoAttacks() {
        List<AdversarialExample> rows = Toy.rows(IMAGES, "uint8");
        List<SyntheticOutlier.Image> images = outliers(rows);
        assertThat(images).hasSizeGreaterThan(3 * Toy.IMAGES);
        for (SyntheticOutlier.Image image : images) {
            assertThat(rows.stream()
                            .anyMatch(row ->
                                    Arrays.equals(row.pixels(), image.row().pixels())))
                    .isFalse();
        }
        SyntheticOutlier.Image halves = images.get(0);
        assertThat(halves.kind()).isEqualTo(SyntheticOutlier.HALVES);
        List<AdversarialExample> own =
                rows.stream().filter(r -> r.index() == halves.row().index()).toList();
        assertThat(own.stream().anyMatch(r -> sameColumns(r, halves, 0, Toy.SIZE / 2)))
                .isTrue();
        assertThat(own.stream().anyMatch(r -> sameColumns(r, halves, Toy.SIZE / 2, Toy.SIZE)))
                .isTrue();
    }

    private static boolean sameColumns(AdversarialExample row, SyntheticOutlier.Image image, int from, int to) {
        for (int i = 0; i < row.pixels().length; i++) {
            int x = i % Toy.SIZE;
            if (x >= from && x < to && row.pixels()[i] != image.row().pixels()[i]) {
                return false;
            }
        }
        return true;
    }

    @Test
    void whatAKindDrawsDoesNotDependOnTheOthers() {
        List<AdversarialExample> rows = Toy.rows(IMAGES, "uint8");
        Set<SyntheticOutlier> some = Set.of(SyntheticOutlier.SHUFFLED, SyntheticOutlier.SUM);
        assertThat(SyntheticOutlier.of(rows, some, IMAGES, new Seed(4)).stream()
                        .map(image -> Arrays.hashCode(image.row().pixels())))
                .containsExactlyElementsOf(outliers(rows).stream()
                        .filter(image -> some.contains(image.kind()))
                        .map(image -> Arrays.hashCode(image.row().pixels()))
                        .toList());
        assertThat(SyntheticOutlier.others(some))
                .doesNotContainAnyElementsOf(some)
                .hasSize(4);
    }

    @Test
    void refusesFloatValidationImages() {
        assertThatThrownBy(() -> outliers(Toy.rows(IMAGES, "float32"))).hasMessageContaining("stored as uint8");
    }
}
