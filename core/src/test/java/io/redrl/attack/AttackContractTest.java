package io.redrl.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.base.Json;
import io.redrl.base.Seed;
import io.redrl.model.Classifier;
import io.redrl.tensor.Norm;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.FunctionVictim;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every attack promises, on a small smooth network in double precision. Walks the catalogue: an attack that is
 * listed there is tested here.
 */
class AttackContractTest {
    /** What makes an attack cheap, and strong enough for 8×8 pixels; applied to those that have the setting. */
    private static final Map<String, Object> TINY = Map.ofEntries(
            Map.entry("epsilon", 0.3),
            Map.entry("step-size", 0.05),
            Map.entry("steps", 30),
            Map.entry("learning-rate", 0.02),
            Map.entry("c", 10),
            Map.entry("binary-search-steps", 2),
            Map.entry("abort-after", 20),
            Map.entry("height", 4),
            Map.entry("width", 5),
            Map.entry("pixels", 4),
            Map.entry("population", 8));

    private final Classifier victim = TinyModels.conv();

    static List<AttackSpec> catalogue() {
        return AttackCatalog.all().stream().map(spec -> with(spec, TINY)).toList();
    }

    /** The whole catalogue, and some forms that defaults do not show. */
    static List<AttackSpec> specs() {
        return Stream.concat(
                        catalogue().stream(),
                        Stream.of(
                                new PgdSpec(0.1, 0.02, 15, true),
                                new PgdSpec(Norm.L2, 1, 0.2, 15, true, 2, Loss.CROSS_ENTROPY, false, Target.NONE),
                                new PgdSpec(Norm.LINF, 0.1, 0.02, 15, true, 2, Loss.DLR, true, Target.NONE),
                                new DeepFoolSpec(30, 0.02, 10, Norm.LINF),
                                new CwL2Spec(1, 0.02, 60, 0, 4, 20, Target.NONE),
                                new PatchSpec(0.5, 4, 5, "2,3", 0.1, 15, false, Loss.MARGIN, Target.NONE),
                                new FgsmSpec(Norm.L2, 2, Target.NONE),
                                new ApgdSpec(Norm.L2, 1, 15, 2, Loss.MARGIN, Target.NONE),
                                new ApgdSpec(Norm.LINF, 0.1, 15, 1, Loss.DLR, Target.NONE),
                                new EadSpec(0.01, 20, 0.02, 25, 0.1, 1, 20, EadSpec.Rule.L1, Target.NONE),
                                new NoiseSpec(0.2, NoiseSpec.Distribution.GAUSSIAN)))
                .toList();
    }

    static List<AttackSpec> attacks() {
        return specs().stream().filter(AttackContractTest::isAttack).toList();
    }

    static List<AttackSpec> targetable() {
        return specs().stream().filter(AttackSpec::targetable).toList();
    }

    private static boolean isAttack(AttackSpec spec) {
        return AttackCatalog.entries().stream()
                .filter(entry -> entry.defaults().id().equals(spec.id()))
                .allMatch(entry -> entry.kind() != AttackCatalog.Kind.NOT_AN_ATTACK);
    }

    private static Map<?, ?> settings(AttackSpec spec) {
        return Json.parse(Json.line(spec), Map.class, spec.id());
    }

    /** The spec with those of {@code changes} that it has. */
    private static AttackSpec with(AttackSpec spec, Map<String, Object> changes) {
        AttackSpec changed = spec;
        for (Object key : settings(spec).keySet()) {
            String name = String.valueOf(key);
            changed = changes.containsKey(name) ? changed.with(name, changes.get(name)) : changed;
        }
        return changed;
    }

    private Tensor images(int n) {
        return TinyModels.images(11, 0, 1, n, victim.input());
    }

    /** Some images of a batch, in any order. */
    private static AttackBatch some(AttackBatch batch, int... rows) {
        long[] indices = Arrays.stream(rows).asLongStream().toArray();
        return batch.of(new Rows(indices));
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
            assertThat(first.shape()).isEqualTo(before.shape());
            assertThat(TinyModels.list(first)).allMatch(v -> v >= 0 && v <= 1);
            if (settings(spec).get("epsilon") instanceof Number epsilon
                    && !"gaussian".equals(settings(spec).get("distribution"))) {
                Norm norm = "l2".equals(settings(spec).get("norm")) ? Norm.L2 : Norm.LINF;
                assertThat(TinyModels.list(norm.of(first.sub(before))))
                        .allMatch(length -> length <= epsilon.doubleValue() + 1e-12);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("specs")
    void anImageDoesNotKnowItsBatch(AttackSpec spec) {
        Scopes.run(() -> {
            int n = 16;
            AttackBatch batch = TinyModels.batch(victim, images(n));
            Attack attack = spec.newAttack();
            Tensor together = attack.perturb(victim, batch);
            Tensor reversed = attack.perturb(
                    victim,
                    some(batch, IntStream.range(0, n).map(i -> n - 1 - i).toArray()));
            Tensor few = attack.perturb(victim, some(batch, 9, 2, 5));
            for (int i = 0; i < n; i++) {
                Tensor expected = together.narrow(0, i, 1);
                assertThat(TinyModels.distance(attack.perturb(victim, some(batch, i)), expected))
                        .as("image %d alone", i)
                        .isLessThan(1e-9);
                assertThat(TinyModels.distance(reversed.narrow(0, n - 1 - i, 1), expected))
                        .as("image %d in reversed order", i)
                        .isLessThan(1e-9);
            }
            assertThat(TinyModels.distance(few.narrow(0, 0, 1), together.narrow(0, 9, 1)))
                    .isLessThan(1e-9);
            assertThat(TinyModels.distance(few.narrow(0, 1, 1), together.narrow(0, 2, 1)))
                    .isLessThan(1e-9);
        });
    }

    @ParameterizedTest
    @MethodSource("attacks")
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
    @MethodSource("targetable")
    void aTargetIsReachedOrTheAttackHasFailed(AttackSpec spec) {
        Scopes.run(() -> {
            AttackBatch batch = TinyModels.batch(victim, images(16));
            for (String rule : new String[] {"runner-up", "2"}) {
                List<Outcome> examples = AttackRunner.run(spec.with("target", rule), victim, batch, Storage.FLOAT32)
                        .outcomes();
                assertThat(examples)
                        .allMatch(example -> example.target() >= 0 && example.target() != example.cleanPrediction())
                        .allMatch(example ->
                                example.successFloat() == (example.adversarialPrediction() == example.target()));
                if (rule.equals("runner-up")) {
                    assertThat(examples.stream().filter(Outcome::successFloat).count())
                            .isGreaterThanOrEqualTo(8);
                } else {
                    assertThat(examples)
                            .filteredOn(example -> example.cleanPrediction() != 2)
                            .allMatch(example -> example.target() == 2);
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void blackAndWhiteImagesCanBeAttacked(AttackSpec spec) {
        Scopes.run(() -> {
            for (double shade : new double[] {0, 1}) {
                AttackBatch batch = TinyModels.batch(victim, TinyModels.images(1, shade, shade, 1, victim.input()));
                AttackSpec strong = spec.minimalNorm()
                        ? with(spec, Map.of("steps", 400))
                        : with(spec, Map.of("epsilon", 0.9, "steps", 60));
                Tensor adversarial = strong.newAttack().perturb(victim, batch);
                assertThat(TinyModels.distance(adversarial, batch.images())).isPositive();
                boolean local = spec instanceof PatchSpec || spec instanceof FewPixelSpec;
                if (!local) {
                    assertThat(victim.predict(adversarial)).doesNotContain(batch.labels());
                }
            }
        });
    }

    /** Every attack with each of its budgets. */
    static Stream<Arguments> budgets() {
        return specs().stream().flatMap(spec -> Stream.of("epsilon", "steps")
                .filter(settings(spec)::containsKey)
                .map(budget -> Arguments.of(spec, budget)));
    }

    @ParameterizedTest
    @MethodSource("budgets")
    void withoutABudgetNothingChangesAndWithALittleItDoes(AttackSpec spec, String budget) {
        Scopes.run(() -> {
            // Some values are 0 or 1 exactly, where a way through tanh and back would show.
            Tensor images =
                    TinyModels.images(11, -0.2, 1.2, 4, victim.input()).clamp(Tensors.scalar(0), Tensors.scalar(1));
            AttackBatch batch = TinyModels.batch(victim, images);
            Tensor none = spec.with(budget, 0).newAttack().perturb(victim, batch);
            assertThat(TinyModels.same(none, images)).isTrue();
            AttackSpec little = budget.equals("epsilon") ? spec.with(budget, 1e-3) : with(spec, TINY);
            Tensor some = little.newAttack().perturb(victim, batch);
            assertThat(TinyModels.distance(some, images)).isPositive();
        });
    }

    @Test
    void minimalAttacksReturnFailuresAndImagesAlreadyFooledAsTheyWere() {
        Scopes.run(() -> {
            Tensor images = images(3);
            // No step of this size can succeed.
            Classifier stubborn = new FunctionVictim(2, victim.input(), x -> x.flatten(1, -1)
                    .narrow(1, 0, 2)
                    .mul(new Scalar(1e-3))
                    .add(Tensor.create(new double[] {5, 0}, 1, 2)));
            for (AttackSpec defaults : AttackCatalog.all()) {
                if (defaults.minimalNorm()) {
                    AttackSpec spec = defaults.with("steps", 3);
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
            }
        });
    }

    @Test
    void differentSeedsStartElsewhere() {
        Scopes.run(() -> {
            AttackBatch batch = TinyModels.batch(victim, images(2));
            AttackBatch other = new AttackBatch(batch.images(), batch.labels(), batch.ids(), new Seed(8));
            for (AttackSpec spec : List.of(
                    new PatchSpec(0.5, 2, 2, 0.1, 5, false),
                    new ApgdSpec(Norm.LINF, 0.01, 3, 1, Loss.DLR, Target.NONE),
                    new SquareSpec(0.01, 3, 0.8, Target.NONE),
                    new FewPixelSpec(1, 4, 1, Target.NONE),
                    NoiseSpec.DEFAULTS)) {
                Attack attack = spec.newAttack();
                assertThat(TinyModels.same(attack.perturb(victim, batch), attack.perturb(victim, other)))
                        .as(spec.id())
                        .isFalse();
            }
        });
    }

    private static long most(Stream<Long> counts) {
        return counts.mapToLong(Long::longValue).max().orElse(0);
    }

    @ParameterizedTest
    @MethodSource("catalogue")
    void aStepLeavesNoTensorBehindAndTheAttackNoneButItsResult(AttackSpec spec) {
        Scopes.run(() -> {
            AttackBatch batch = TinyModels.batch(victim, images(8));
            List<Long> alive = new ArrayList<>();
            Classifier counting = new FunctionVictim(5, victim.input(), x -> {
                alive.add(Pointer.totalCount());
                return victim.logits(x);
            });
            long before = Pointer.totalCount();
            spec.newAttack().perturb(counting, batch);
            // Not more, rather than as many: the collector may free, meanwhile, what others have forgotten.
            assertThat(Pointer.totalCount()).isLessThanOrEqualTo(before + 1);
            // Steps differ by some tensors, but those of a step without a scope would add up to hundreds.
            int half = alive.size() / 2;
            assertThat(most(alive.stream().skip(half)))
                    .isLessThan(most(alive.stream().limit(half + 1)) + 20);
        });
    }
}
