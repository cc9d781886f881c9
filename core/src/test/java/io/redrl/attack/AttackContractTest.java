package io.redrl.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.base.Seed;
import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Scanner;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every attack promises, on a small smooth network in double precision. */
class AttackContractTest {
    private final Classifier victim = TinyModels.conv();

    static List<AttackSpec> specs() {
        return List.of(
                new PgdSpec(0.1, 0.02, 15, true),
                new DeepFoolSpec(30, 0.02, 10),
                new CwL2Spec(100, 0.01, 200, 0, 1, 20),
                new CwL2Spec(1, 0.02, 60, 0, 4, 20),
                new CwLinfSpec(0.1, 5, 0.02, 25, 0),
                new PatchSpec(0.5, 4, 5, 0.1, 15, true));
    }

    private Tensor images(int n) {
        return TinyModels.images(11, 0, 1, n, victim.input());
    }

    @ParameterizedTest
    @MethodSource("specs")
    void staysInTheBoxLeavesTheInputAloneAndRepeatsBitForBit(AttackSpec spec) {
        Scopes.run(() -> {
            AttackBatch batch = TinyModels.batch(victim, images(8));
            Tensor before = batch.images().clone();
            Tensor first = spec.newAttack().perturb(victim, batch);
            Tensor second = spec.newAttack().perturb(victim, batch);
            assertThat(TinyModels.same(batch.images(), before)).isTrue();
            assertThat(TinyModels.same(first, second)).isTrue();
            assertThat(first.requires_grad()).isFalse();
            assertThat(first.element_size()).isEqualTo(Double.BYTES);
            assertThat(TinyModels.list(first)).allMatch(v -> v >= 0 && v <= 1);
        });
    }

    @ParameterizedTest
    @MethodSource("specs")
    void anImageDoesNotKnowItsBatch(AttackSpec spec) {
        Scopes.run(() -> {
            AttackBatch batch = TinyModels.batch(victim, images(16));
            Tensor together = spec.newAttack().perturb(victim, batch);
            for (int i = 0; i < 16; i++) {
                AttackBatch single = new AttackBatch(
                        batch.images().narrow(0, i, 1),
                        new long[] {batch.labels()[i]},
                        new long[] {batch.ids()[i]},
                        batch.seed());
                Tensor alone = spec.newAttack().perturb(victim, single);
                assertThat(TinyModels.distance(alone, together.narrow(0, i, 1)))
                        .as("image %d", i)
                        .isLessThan(1e-9);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("specs")
    void foolsTheVictimMoreOftenThanNot(AttackSpec spec) {
        Scopes.run(() -> {
            AttackBatch batch = TinyModels.batch(victim, images(16));
            long[] after = victim.predict(spec.newAttack().perturb(victim, batch));
            int fooled = 0;
            for (int i = 0; i < 16; i++) {
                fooled += after[i] != batch.labels()[i] ? 1 : 0;
            }
            assertThat(fooled).isGreaterThanOrEqualTo(spec.minimalNorm() ? 16 : 9);
        });
    }

    @ParameterizedTest
    @MethodSource("specs")
    void blackAndWhiteImagesCanBeAttacked(AttackSpec spec) {
        Scopes.run(() -> {
            for (double shade : new double[] {0, 1}) {
                AttackBatch batch = TinyModels.batch(victim, TinyModels.images(1, shade, shade, 1, victim.input()));
                AttackSpec strong =
                        spec.minimalNorm() ? spec : spec.with("epsilon", 0.9).with("steps", 60);
                AttackSpec patient = spec instanceof CwL2Spec ? strong.with("steps", 400) : strong;
                Tensor adversarial = patient.newAttack().perturb(victim, batch);
                assertThat(TinyModels.distance(adversarial, batch.images())).isPositive();
                if (!(spec instanceof PatchSpec)) {
                    assertThat(victim.predict(adversarial)).doesNotContain(batch.labels());
                }
            }
        });
    }

    @Test
    void withoutABudgetNothingChanges() {
        Scopes.run(() -> {
            AttackBatch batch = TinyModels.batch(victim, images(4));
            specs().stream().filter(spec -> !spec.minimalNorm()).forEach(spec -> assertThat(
                            TinyModels.same(spec.with("epsilon", 0).newAttack().perturb(victim, batch), batch.images()))
                    .as(spec.id())
                    .isTrue());
        });
    }

    @Test
    void minimalAttacksReturnFailuresAndImagesAlreadyFooledAsTheyWere() {
        Scopes.run(() -> {
            Tensor images = images(3);
            // No step of this size can succeed.
            Classifier stubborn = new TinyModels.Function(2, victim.input(), x -> x.flatten(1, -1)
                    .narrow(1, 0, 2)
                    .mul(new org.bytedeco.pytorch.Scalar(1e-3))
                    .add(Tensor.create(new double[] {5, 0}, 1, 2)));
            for (AttackSpec spec :
                    List.of(DeepFoolSpec.DEFAULTS.with("steps", 3), CwL2Spec.DEFAULTS.with("steps", 3))) {
                AttackBatch hard = TinyModels.batch(stubborn, images);
                assertThat(TinyModels.same(spec.newAttack().perturb(stubborn, hard), images))
                        .isTrue();
                long[] wrong = victim.predict(images);
                for (int i = 0; i < wrong.length; i++) {
                    wrong[i] = (wrong[i] + 1) % 5;
                }
                AttackBatch fooled = new AttackBatch(images, wrong, new long[] {0, 1, 2}, new Seed(1));
                assertThat(TinyModels.same(spec.newAttack().perturb(victim, fooled), images))
                        .isTrue();
            }
        });
    }

    @Test
    void differentSeedsStartElsewhere() {
        Scopes.run(() -> {
            AttackBatch batch = TinyModels.batch(victim, images(2));
            AttackBatch other = new AttackBatch(batch.images(), batch.labels(), batch.ids(), new Seed(8));
            Attack attack = new PatchSpec(0.5, 2, 2, 0.1, 5, false).newAttack();
            assertThat(TinyModels.same(attack.perturb(victim, batch), attack.perturb(victim, other)))
                    .isFalse();
        });
    }

    @Test
    void givingUpEarlyDoesNotChangeWhatCwFinds() {
        Scopes.run(() -> {
            AttackBatch batch = TinyModels.batch(victim, images(16));
            int[] asked = {0};
            Classifier counting = new TinyModels.Function(5, victim.input(), x -> {
                asked[0] += (int) x.size(0);
                return victim.logits(x);
            });
            Tensor early = new CwL2Spec(100, 0.01, 1000, 0, 1, 50).newAttack().perturb(counting, batch);
            int cost = asked[0];
            Tensor full = new CwL2Spec(100, 0.01, 1000, 0, 1, 0).newAttack().perturb(counting, batch);
            assertThat(TinyModels.same(early, full)).isTrue();
            assertThat(cost).isLessThan((asked[0] - cost) / 8);
        });
    }

    @ParameterizedTest
    @MethodSource("specs")
    void nativeMemoryDoesNotGrow(AttackSpec spec) {
        Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/statm")), "no /proc here");
        Scopes.run(() -> {
            // 200 kB of pixels: one tensor lost per step would be 90 MB in the end.
            AttackBatch batch = TinyModels.batch(victim, images(128));
            AttackSpec many = spec.with("steps", 50);
            run(many, batch, 1); // the JVM's own growth: compiled code, heap
            run(many, batch, 1);
            double after50 = residentPages();
            run(many, batch, 9);
            assertThat(residentPages()).isLessThan(1.05 * after50);
        });
    }

    private void run(AttackSpec spec, AttackBatch batch, int times) {
        for (int i = 0; i < times; i++) {
            Scopes.run(() -> spec.newAttack().perturb(victim, batch));
        }
    }

    /** The second field of statm; the first is the address space. */
    private static double residentPages() {
        try (Scanner statm =
                new Scanner(Files.newInputStream(Path.of("/proc/self/statm")), StandardCharsets.US_ASCII)) {
            statm.nextLong();
            return statm.nextLong();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
