package io.redrl.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.model.ForwardingClassifier;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.FunctionVictim;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
                    Outcome example = outcome.outcomes().get(i);
                    assertThat(example.cleanPrediction()).isEqualTo(batch.labels()[i]);
                    assertThat(example.adversarialPrediction()).isEqualTo(verdict[i]);
                    if (storage != Storage.TRUNCATED) {
                        assertThat(example.success8bit()).isEqualTo(rounded[i] != batch.labels()[i]);
                    }
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
                assertThat(outcome.outcomes()).allMatch(example -> example.linf() <= bound + 1e-9);
            }
        });
    }

    @Test
    void minimalPerturbationsGrowUntilTheRoundedImageFools() {
        Scopes.run(() -> {
            AttackBatch batch = batch(32);
            AttackOutcome asFloat = AttackRunner.run(DeepFoolSpec.DEFAULTS, victim, batch, Storage.FLOAT32);
            AttackOutcome as8bit = AttackRunner.run(DeepFoolSpec.DEFAULTS, victim, batch, Storage.UINT8);
            assertThat(asFloat.outcomes()).allMatch(Outcome::successFloat);
            long without =
                    asFloat.outcomes().stream().filter(Outcome::success8bit).count();
            long with = as8bit.outcomes().stream().filter(Outcome::success8bit).count();
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
            Outcome example = outcome.outcomes().get(0);
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
                assertThat(outcome.outcomes().get(0).successFloat()).isFalse();
                assertThat(outcome.outcomes().get(0).l2()).isZero();
                assertThat(TinyModels.same(outcome.adversarial(), batch.images()))
                        .isTrue();
            }
        });
    }

    @Test
    void successSurvivesAPngFile(@TempDir Path folder) {
        for (AttackSpec spec : List.of(
                DeepFoolSpec.DEFAULTS, new PgdSpec(0.1, 0.02, 15, true), new PatchSpec(0.5, 4, 5, 0.1, 15, true))) {
            Scopes.run(() -> {
                AttackOutcome outcome = AttackRunner.run(spec, victim, batch(12), Storage.UINT8);
                for (int i = 0; i < 12; i++) {
                    Path file = folder.resolve(i + ".png");
                    ImageCodec.writePng(
                            file, Tensors.images(outcome.adversarial()).get(i));
                    Image read = ImageCodec.read(file).image();
                    long[] verdict =
                            victim.predict(Tensors.pixels(List.of(read)).to(ScalarType.Double));
                    Outcome example = outcome.outcomes().get(i);
                    assertThat(verdict[0] != example.cleanPrediction()).isEqualTo(example.success8bit());
                    assertThat(verdict[0]).isEqualTo(example.adversarialPrediction());
                }
            });
        }
    }

    @Test
    void aTargetIsReachedOrTheAttackFailed() {
        Scopes.run(() -> {
            AttackBatch batch = batch(12);
            for (AttackSpec spec : List.of(
                    new PgdSpec(0.3, 0.05, 20, true),
                    new CwL2Spec(10, 0.02, 100, 0, 1, 20, Target.NONE),
                    new CwLinfSpec(0.3, 5, 0.02, 25, 0, Target.NONE),
                    new PatchSpec(1, 5, 5, 0.1, 25, false))) {
                for (String rule : List.of("random", "runner-up", "least-likely", "2")) {
                    AttackOutcome outcome = AttackRunner.run(spec.with("target", rule), victim, batch, Storage.FLOAT32);
                    long[] verdict = victim.predict(outcome.adversarial());
                    int reached = 0;
                    for (int i = 0; i < 12; i++) {
                        Outcome example = outcome.outcomes().get(i);
                        assertThat(example.target()).isBetween(0, 4).isNotEqualTo(example.cleanPrediction());
                        assertThat(example.successFloat()).isEqualTo(verdict[i] == example.target());
                        reached += example.successFloat() ? 1 : 0;
                    }
                    assertThat(reached).as("%s towards %s", spec.id(), rule).isPositive();
                }
            }
        });
    }

    @Test
    void targetsAreChosenByTheirRule() {
        try (PointerScope scope = new PointerScope()) {
            AttackBatch batch = new AttackBatch(
                    TinyModels.images(1, 0, 1, 3, victim.input()),
                    new long[] {0, 1, 2},
                    new long[] {10, 11, 12},
                    new Seed(1));
            double[][] logits = {{5, 1, 3}, {1, 5, 1}, {0, 4, 5}};
            assertThat(new Target("runner-up").applyTo(batch, logits).targets()).containsExactly(2, 0, 1);
            assertThat(new Target("least-likely").applyTo(batch, logits).targets())
                    .containsExactly(1, 0, 0);
            assertThat(Target.of(2).applyTo(batch, logits).targets()).containsExactly(2, 2, 1);
            long[] drawn = new Target("random").applyTo(batch, logits).targets();
            assertThat(drawn)
                    .isEqualTo(new Target("random").applyTo(batch, logits).targets());
            assertThat(drawn[0]).isNotZero();
            assertThat(Target.NONE.applyTo(batch, logits)).isSameAs(batch);
            assertThat(new Target("random")
                            .applyTo(batch.withTargets(1, 2, 0), logits)
                            .targets())
                    .containsExactly(1, 2, 0);
            assertThatThrownBy(() -> Target.of(7).applyTo(batch, logits))
                    .hasMessageContaining("target must be in [0, 2]");
            assertThatThrownBy(() -> batch.withTargets(0, 2, 0))
                    .hasMessageContaining("both as its label and as its target");
            assertThatThrownBy(() -> AttackRunner.run(
                            DeepFoolSpec.DEFAULTS, victim, batch.withTargets(1, 2, 0), Storage.FLOAT32))
                    .hasMessageContaining("deepfool has no targeted form");
        }
    }

    @Test
    void severalRadiiAskAboutTheCleanImagesOnce() {
        Scopes.run(() -> {
            AttackBatch batch = batch(4);
            int[] asked = {0};
            Classifier counting = new FunctionVictim(5, victim.input(), x -> {
                asked[0]++;
                return victim.logits(x);
            });
            List<AttackSpec> specs = List.of(
                    new PgdSpec(0.05, 0.02, 3, false),
                    new PgdSpec(0.1, 0.02, 3, false),
                    new PgdSpec(0.2, 0.02, 3, false));
            List<AttackOutcome> together = AttackRunner.run(specs, counting, batch, Storage.FLOAT32, Precision.FP32);
            assertThat(asked[0]).isEqualTo(1 + 3 * (3 + 2));
            for (int i = 0; i < 3; i++) {
                AttackOutcome alone = AttackRunner.run(specs.get(i), victim, batch, Storage.FLOAT32);
                assertThat(together.get(i).outcomes()).isEqualTo(alone.outcomes());
            }
        });
    }

    /** A victim whose low-precision logits call everything that has changed at all a success. */
    private Classifier liar(int[] asked) {
        return new ForwardingClassifier(victim) {
            @Override
            public boolean hasLowPrecision() {
                return true;
            }

            @Override
            public Tensor lowPrecisionLogits(Tensor images) {
                asked[0]++;
                // The largest logit goes to the last place: another class wins, and the gradient is as good as any.
                return Scopes.scoped(() -> torch.roll(victim.logits(images), new long[] {1}, 1));
            }
        };
    }

    @ParameterizedTest
    @MethodSource("io.redrl.attack.AttackContractTest#specs")
    void lowPrecisionNeverDecidesAboutSuccess(AttackSpec spec) {
        Scopes.run(() -> {
            AttackBatch batch = batch(12);
            int[] asked = {0};
            AttackOutcome outcome = AttackRunner.run(List.of(spec), liar(asked), batch, Storage.FLOAT32, Precision.BF16)
                    .get(0);
            AttackOutcome exact = AttackRunner.run(spec, victim, batch, Storage.FLOAT32);
            long[] verdict = victim.predict(outcome.adversarial());
            int fooled = 0;
            for (int i = 0; i < 12; i++) {
                assertThat(outcome.outcomes().get(i).successFloat()).isEqualTo(verdict[i] != batch.labels()[i]);
                fooled += verdict[i] != batch.labels()[i] ? 1 : 0;
            }
            assertThat(asked[0]).isPositive();
            long wanted =
                    exact.outcomes().stream().filter(Outcome::successFloat).count();
            if (!spec.minimalNorm()) {
                assertThat(fooled).isGreaterThanOrEqualTo((int) wanted);
            }
            asked[0] = 0;
            AttackRunner.run(spec, liar(asked), batch, Storage.FLOAT32, Precision.FP32);
            assertThat(asked[0]).isZero();
            if (spec.minimalNorm()) {
                AttackRunner.run(spec, liar(asked), batch, Storage.FLOAT32, Precision.AUTO);
                assertThat(asked[0]).isZero();
            }
        });
    }

    @Test
    void refusesWhatDoesNotFit() {
        Scopes.run(() -> {
            Tensor images = TinyModels.images(1, 0, 1, 2, victim.input());
            refuses(victim, images, new long[] {0, 5}, "class 5 is not one of the 5 classes");
            refuses(victim, images, new long[] {-1, 0}, "class -1");
            refuses(victim, images.mul(new Scalar(255.0)), new long[] {0, 0}, "divide grey levels by 255");
            refuses(
                    victim,
                    TinyModels.images(1, 0, 1, 2, ImageShape.square(9)),
                    new long[] {0, 0},
                    "images of 3×9×9 do not suit victim tiny, which takes 3×8×8");
            refuses(
                    new FunctionVictim(7, victim.input(), victim::logits),
                    images,
                    new long[] {0, 0},
                    "logits of victim tiny must have shape");
            refuses(
                    new FunctionVictim(5, victim.input(), x -> victim.logits(x).mul(new Scalar(Double.NaN))),
                    images,
                    new long[] {0, 0},
                    "NaN");
            refuses(
                    new FunctionVictim(5, victim.input(), x -> victim.logits(x).detach()),
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

    @Test
    void truncationCutsWhatTheAttackChangedAndLeavesOtherImagesExact() {
        Scopes.run(() -> {
            AttackBatch batch = batch(6);
            AttackSpec pgd = PgdSpec.DEFAULTS.with("steps", 5);
            AttackOutcome floats = AttackRunner.run(pgd, victim, batch, Storage.FLOAT32, Precision.FP32);
            AttackOutcome cut = AttackRunner.run(pgd, victim, batch, Storage.TRUNCATED, Precision.FP32);
            double[] exact = TinyModels.values(floats.adversarial());
            double[] stored = TinyModels.values(cut.adversarial());
            for (int i = 0; i < exact.length; i++) {
                assertThat(Math.round(stored[i] * 255)).as("%s", exact[i] * 255).isEqualTo((long)
                        Math.floor(exact[i] * 255));
            }
            long[] fooled = Arrays.stream(batch.labels())
                    .map(label -> (label + 1) % victim.classes())
                    .toArray();
            AttackBatch given = new AttackBatch(batch.images(), fooled, batch.ids(), batch.seed());
            AttackOutcome same =
                    AttackRunner.run(DeepFoolSpec.DEFAULTS, victim, given, Storage.TRUNCATED, Precision.FP32);
            assertThat(same.outcomes())
                    .allSatisfy(outcome -> assertThat(outcome.linf()).isZero());
        });
    }
}
