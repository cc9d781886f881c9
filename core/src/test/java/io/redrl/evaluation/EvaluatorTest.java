package io.redrl.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.StoredImage;
import io.redrl.attack.Outcome;
import io.redrl.attack.Storage;
import io.redrl.base.Progress;
import io.redrl.calibration.Prediction;
import io.redrl.image.ImageShape;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.FunctionVictim;
import io.redrl.testing.MadeImages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
    /** A row of a 2 × 2 image whose values are all {@code level}. */
    private static AdversarialExample row(
            int index, int label, String attack, String config, int clean, boolean fooled, double l2, int level) {
        byte[] pixels = new byte[12];
        Arrays.fill(pixels, (byte) level);
        return new AdversarialExample(
                index,
                label,
                attack,
                attack.equals("clean") ? "none" : "v",
                config,
                new Outcome(-1, clean, fooled ? 1 - label : label, fooled, fooled, l2 / 10, l2),
                StoredImage.of(2, 2, Storage.UINT8, pixels));
    }

    /** Says class 1 where the image is light. */
    private static final FunctionVictim BRIGHTNESS =
            new FunctionVictim("v", 2, ImageShape.square(2), "", images -> images.flatten(1, -1)
                    .mean(new long[] {1})
                    .outer(Tensors.floats(new float[] {0, 1}, 2))
                    .add(Tensors.floats(new float[] {0.5f, 0}, 1, 2)));

    /** Images that are {@code index} grey everywhere. */
    private static final MadeImages GREYS =
            new MadeImages("greys/test", 256, ImageShape.square(2), List.of("dark", "light"), index -> {
                byte[] pixels = new byte[12];
                Arrays.fill(pixels, (byte) index);
                return pixels;
            });

    private static final List<AdversarialExample> ROWS = List.of(
            row(50, 0, "clean", "{}", -1, false, 0, 50),
            row(200, 1, "clean", "{}", -1, false, 0, 60),
            row(50, 0, "pgd", "{\"e\":1}", 0, true, 1, 190),
            row(60, 0, "pgd", "{\"e\":2}", 0, true, 4, 200),
            row(70, 0, "pgd", "{\"e\":2}", 0, false, 9, 70),
            row(80, 0, "pgd", "{\"e\":1}", 1, true, 100, 210),
            row(50, 0, "patch", "{}", 0, false, 2, 40));

    @Test
    void theRepairTableAsksTheVictimBeforeAndAfterReconstruction() {
        try (FunctionVictim victim = BRIGHTNESS) {
            List<RepairTable.Row> rows = Evaluator.repair(
                    "v",
                    ROWS,
                    Evaluator.verdicts(victim),
                    Evaluator.verdicts(victim, images -> images.mul(new Scalar(0.25))),
                    3);

            // Only of what it has right when clean: not the second clean image, nor the fourth under PGD.
            // Light images look like class 1; dividing by four makes every image dark, which is class 0.
            assertThat(rows)
                    .containsExactly(
                            new RepairTable.Row("v", "clean", 1, 1, 1),
                            new RepairTable.Row("v", "pgd", 3, 1, 3),
                            new RepairTable.Row("v", "patch", 1, 1, 1));
        }
    }

    @Test
    void predictionsTakeTheLikeliestClassOfEveryRowInOrder() {
        // The logit of class 1 (PGD) grows with what was added, of class 0 (clean) stands at 1/4.
        Evaluator.RowPredictions oracle = Evaluator.uncalibrated(
                (adversarial, clean) -> Scopes.scoped(() -> adversarial
                        .sub(clean)
                        .reshape(adversarial.size(0), -1)
                        .mean(new long[] {1})
                        .outer(Tensors.floats(new float[] {0, 1, 0, 0, 0, 0}, 6))
                        .add(Tensors.floats(new float[] {0.25f, 0, -9, -9, -9, -9}, 1, 6))),
                GREYS);

        List<PredictionRow> rows = Evaluator.predictions("x", ROWS, oracle, 2, Progress.silent());

        assertThat(rows)
                .extracting(PredictionRow::predicted)
                .containsExactly("clean", "clean", "pgd", "pgd", "clean", "pgd", "clean");
        assertThat(rows).extracting(PredictionRow::index).containsExactly(50, 200, 50, 60, 70, 80, 50);
        double pgd = Math.exp(140 / 255.0);
        double rest = Math.exp(0.25) + 4 * Math.exp(-9);
        assertThat(rows.get(2).prediction().confidence()).isCloseTo(pgd / (pgd + rest), within(1e-5));
    }

    @Test
    void onlyTheOracleIsGivenCleanImages() {
        List<Boolean> given = new ArrayList<>();
        BiFunction<Tensor, Tensor, Tensor> logits = (adversarial, clean) -> {
            given.add(clean != null);
            return Tensors.floats(new float[6], 1, 6);
        };
        Evaluator.uncalibrated(logits, null).of(ROWS.subList(0, 1));
        Evaluator.uncalibrated(logits, GREYS).of(ROWS.subList(0, 1));
        assertThat(given).containsExactly(false, true);
    }

    @Test
    void exemplarsAreTheImagesThatMostAttacksFooled() {
        List<AdversarialExample> chosen = Exemplars.choose(ROWS, 1);
        assertThat(chosen).extracting(r -> r.attack() + " " + r.index()).containsExactly("pgd 50", "patch 50");
    }

    @Test
    void exemplarsCarryPicturesAndVerdicts() {
        try (FunctionVictim victim = BRIGHTNESS) {
            List<Exemplar> exemplars = Exemplars.of(
                    List.of(ROWS.get(2)),
                    Map.of("v", victim),
                    GREYS,
                    images -> images.mul(new Scalar(0.25)),
                    rows -> List.of(Prediction.uncalibrated(0.1, 0.1, 0.1, 0.1, 0.1, 0.5)));

            Exemplar exemplar = exemplars.get(0);
            assertThat(exemplar.label()).isEqualTo("dark");
            assertThat(exemplar.adversarialVerdict()).isEqualTo("light");
            assertThat(exemplar.repairedVerdict()).isEqualTo("dark");
            assertThat(exemplar.recognised()).isEqualTo("patch");
            assertThat(exemplar.clean().pixels()).containsOnly(50);
            assertThat(exemplar.adversarial().pixels()).containsOnly((byte) 190);
            assertThat(exemplar.reconstruction().pixels()).containsOnly(48); // 47.5 rounds half up
        }
    }

    private static PredictionRow said(int index, String attack, String predicted) {
        return Predictions.row(index, attack, "v", predicted);
    }

    @Test
    void thePairedDifferenceIsTheDifferenceOfTheMacroAccuracies() {
        SplittableRandom random = new SplittableRandom(5);
        List<PredictionRow> a = new ArrayList<>();
        List<PredictionRow> b = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String attack = ClassNames.ids().get(random.nextInt(6));
            a.add(said(i, attack, random.nextInt(3) > 0 ? attack : "clean"));
            b.add(said(i, attack, random.nextInt(2) > 0 ? attack : "clean"));
        }
        double macros = RecognitionResult.of("a", RecogniserKind.OTHER, "a", "", a)
                        .confusion()
                        .macro()
                - RecognitionResult.of("b", RecogniserKind.OTHER, "b", "", b)
                        .confusion()
                        .macro();
        assertThat(Evaluator.compared("a", a, "b", b).difference()).isCloseTo(macros, within(1e-12));
    }

    @Test
    void recognisersAreComparedOnTheSameExamplesOnly() {
        List<PredictionRow> a = List.of(said(1, "pgd", "pgd"));
        assertThatThrownBy(() -> Evaluator.compared("a", a, "b", List.of(said(2, "pgd", "pgd"))))
                .hasMessageContaining("same examples");
        assertThatThrownBy(() -> Evaluator.compared("a", a, "b", List.of())).hasMessageContaining("got 1 and 0");
    }
}
