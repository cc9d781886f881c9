package io.redrl.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.data.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class AttackRunnerTest {
    private final Classifier victim = TinyModels.conv();

    private AttackBatch batch(int n) {
        return TinyModels.batch(victim, Tensors.rounded(TinyModels.images(21, 0, 1, n, victim.input())));
    }

    @ParameterizedTest
    @EnumSource(Storage.class)
    void whatItReportsIsWhatANewPredictionSays(Storage storage) {
        Scopes.run(() -> {
            AttackBatch batch = batch(12);
            for (AttackSpec spec : AttackContractTest.specs()) {
                AttackOutcome outcome = AttackRunner.run(spec, victim, batch, storage);
                long[] verdict = victim.predict(outcome.adversarial());
                long[] rounded = victim.predict(Tensors.rounded(outcome.adversarial()));
                double[] delta = TinyModels.values(outcome.adversarial().sub(batch.images()));
                for (int i = 0; i < 12; i++) {
                    AttackedExample example = outcome.examples().get(i);
                    assertThat(example.id()).isEqualTo(i);
                    assertThat(example.label()).isEqualTo(batch.labels()[i]);
                    assertThat(example.cleanPrediction()).isEqualTo(batch.labels()[i]);
                    assertThat(example.adversarialPrediction()).isEqualTo(verdict[i]);
                    assertThat(example.success8bit()).isEqualTo(rounded[i] != batch.labels()[i]);
                    if (storage == Storage.FLOAT32) {
                        assertThat(example.successFloat()).isEqualTo(verdict[i] != batch.labels()[i]);
                    }
                    double linf = 0;
                    double squared = 0;
                    for (int j = 192 * i; j < 192 * (i + 1); j++) {
                        linf = Math.max(linf, Math.abs(delta[j]));
                        squared += delta[j] * delta[j];
                    }
                    assertThat(example.linf()).isCloseTo(linf, within(1e-12));
                    assertThat(example.l2()).isCloseTo(Math.sqrt(squared), within(1e-12));
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("io.redrl.attack.AttackContractTest#specs")
    void eightBitImagesAreGreyLevels(AttackSpec spec) {
        Scopes.run(() -> {
            Tensor stored =
                    AttackRunner.run(spec, victim, batch(4), Storage.UINT8).adversarial();
            assertThat(TinyModels.list(stored))
                    .allSatisfy(v -> assertThat(255 * v).isCloseTo(Math.rint(255 * v), within(1e-9)));
        });
    }

    @Test
    void roundingStaysInABallOfWholeGreyLevels() {
        Scopes.run(() -> {
            for (double epsilon : new double[] {4 / 255.0, 8 / 255.0, 0.03}) {
                AttackOutcome outcome =
                        AttackRunner.run(new PgdSpec(epsilon, 0.01, 10, true), victim, batch(8), Storage.UINT8);
                double bound = epsilon == 0.03 ? epsilon + 1 / 510.0 : epsilon;
                assertThat(outcome.examples()).allMatch(example -> example.linf() <= bound + 1e-9);
            }
        });
    }

    @Test
    void minimalPerturbationsGrowUntilTheRoundedImageFools() {
        Scopes.run(() -> {
            AttackBatch batch = batch(32);
            AttackOutcome asFloat = AttackRunner.run(DeepFoolSpec.DEFAULTS, victim, batch, Storage.FLOAT32);
            AttackOutcome as8bit = AttackRunner.run(DeepFoolSpec.DEFAULTS, victim, batch, Storage.UINT8);
            assertThat(asFloat.examples()).allMatch(AttackedExample::successFloat);
            long without = asFloat.examples().stream()
                    .filter(AttackedExample::success8bit)
                    .count();
            long with = as8bit.examples().stream()
                    .filter(AttackedExample::success8bit)
                    .count();
            assertThat(without).isLessThan(30);
            assertThat(with).isEqualTo(32);
        });
    }

    @Test
    void anImageThatCannotSurviveRoundingIsKeptAndFlagged() {
        Scopes.run(() -> {
            // A boundary so near that ten times the perturbation is less than half a grey level: rounding restores the
            // image.
            ImageShape one = new ImageShape(1, 1, 1);
            Classifier edge = TinyModels.linear(one, new double[][] {{0}, {1}}, 100 / 255.0 + 1e-5, 0);
            AttackBatch batch = TinyModels.batch(edge, Tensor.create(new double[] {100 / 255.0}, 1, 1, 1, 1));
            AttackOutcome outcome = AttackRunner.run(DeepFoolSpec.DEFAULTS, edge, batch, Storage.UINT8);
            AttackedExample example = outcome.examples().get(0);
            assertThat(example.successFloat()).isTrue();
            assertThat(example.success8bit()).isFalse();
            assertThat(example.adversarialPrediction()).isZero();
            assertThat(TinyModels.distance(outcome.adversarial(), batch.images()))
                    .isLessThan(1e-12);
        });
    }

    @Test
    void aFailureIsFlaggedAndKeepsItsImage() {
        Scopes.run(() -> {
            ImageShape one = new ImageShape(1, 1, 1);
            Classifier sure = TinyModels.linear(one, new double[][] {{0}, {1}}, 5, 0); // class 1 is out of reach
            AttackBatch batch = TinyModels.batch(sure, Tensor.create(new double[] {100 / 255.0}, 1, 1, 1, 1));
            for (AttackSpec spec : new AttackSpec[] {DeepFoolSpec.DEFAULTS, CwL2Spec.DEFAULTS.with("steps", 100)}) {
                AttackOutcome outcome = AttackRunner.run(spec, sure, batch, Storage.FLOAT32);
                assertThat(outcome.examples().get(0).successFloat()).isFalse();
                assertThat(outcome.examples().get(0).l2()).isZero();
                assertThat(TinyModels.same(outcome.adversarial(), batch.images()))
                        .isTrue();
            }
        });
    }

    @Test
    void refusesWhatDoesNotFit() {
        Scopes.run(() -> {
            Tensor images = TinyModels.images(1, 0, 1, 2, victim.input());
            refuses(victim, images, new long[] {0, 5}, "label 5 is not one of the 5 classes");
            refuses(victim, images, new long[] {-1, 0}, "label -1");
            refuses(victim, images.mul(new Scalar(255.0)), new long[] {0, 0}, "divide grey levels by 255");
            refuses(
                    victim,
                    TinyModels.images(1, 0, 1, 2, ImageShape.square(9)),
                    new long[] {0, 0},
                    "images of 3×9×9 do not suit victim tiny, which takes 3×8×8");
            refuses(
                    new TinyModels.Function(7, victim.input(), victim::logits),
                    images,
                    new long[] {0, 0},
                    "logits of victim tiny must have shape");
            refuses(
                    new TinyModels.Function(
                            5, victim.input(), x -> victim.logits(x).mul(new Scalar(Double.NaN))),
                    images,
                    new long[] {0, 0},
                    "NaN");
            refuses(
                    new TinyModels.Function(
                            5, victim.input(), x -> victim.logits(x).detach()),
                    images,
                    new long[] {0, 0},
                    "passes no gradient");
            assertThatThrownBy(() -> AttackRunner.run(
                            PatchSpec.DEFAULTS.with("height", 9),
                            victim,
                            TinyModels.batch(victim, images),
                            Storage.UINT8))
                    .isInstanceOf(RedrlException.class)
                    .hasMessageContaining("a patch of 9×8 pixels does not fit an image of 8×8");
        });
    }

    private static void refuses(Classifier victim, Tensor images, long[] labels, String message) {
        AttackBatch batch = new AttackBatch(images, labels, new long[] {0, 1}, new Seed(1));
        assertThatThrownBy(() -> AttackRunner.run(PgdSpec.DEFAULTS, victim, batch, Storage.UINT8))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining(message);
    }
}
