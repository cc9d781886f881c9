package io.redrl.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.base.Json;
import io.redrl.base.Seed;
import io.redrl.data.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What holds whatever the settings and images are; in float32, as in real use. */
class AttackPropertiesTest {
    private static final ImageShape SHAPE = new ImageShape(3, 5, 6);
    private static final Classifier VICTIM = TinyModels.randomLinear(SHAPE, 4, 2, 3);

    /** Images that go past 0 and 1 before clipping, so that some values are exactly there. */
    private static AttackBatch batch(int n, long seed) {
        Tensor images = TinyModels.images(seed, -0.2, 1.2, n, SHAPE)
                .clamp(io.redrl.tensor.Tensors.scalar(0), io.redrl.tensor.Tensors.scalar(1))
                .to(ScalarType.Float);
        AttackBatch plain = TinyModels.batch(VICTIM, images);
        return new AttackBatch(images, plain.labels(), plain.ids(), new Seed(seed));
    }

    private static void staysWithin(AttackSpec spec, double epsilon, int n, long seed) {
        Scopes.run(() -> {
            AttackBatch batch = batch(n, seed);
            Tensor adversarial = spec.newAttack().perturb(VICTIM, batch);
            assertThat(TinyModels.distance(adversarial, batch.images())).isLessThanOrEqualTo(epsilon + 1e-6);
            assertThat(TinyModels.list(adversarial)).allMatch(v -> v >= 0 && v <= 1);
        });
    }

    @Property(tries = 100)
    void pgdStaysInItsBall(
            @ForAll @DoubleRange(max = 0.5) double epsilon,
            @ForAll @DoubleRange(min = 1e-4, max = 0.5) double stepSize,
            @ForAll @IntRange(min = 1, max = 5) int n,
            @ForAll boolean randomStart,
            @ForAll long seed) {
        staysWithin(new PgdSpec(epsilon, stepSize, 3, randomStart), epsilon, n, seed);
    }

    @Property(tries = 100)
    void cwLinfStaysInItsBall(
            @ForAll @DoubleRange(max = 0.5) double epsilon,
            @ForAll @DoubleRange(min = 1e-4, max = 0.5) double learningRate,
            @ForAll @IntRange(min = 1, max = 5) int n,
            @ForAll long seed) {
        staysWithin(new CwLinfSpec(epsilon, 5, learningRate, 3, 1), epsilon, n, seed);
    }

    @Property(tries = 100)
    void aPatchIsARectangleOfItsSizeAndNothingElse(
            @ForAll @DoubleRange(min = 0.05, max = 0.5) double epsilon,
            @ForAll @IntRange(min = 1, max = 5) int height,
            @ForAll @IntRange(min = 1, max = 6) int width,
            @ForAll boolean randomStart,
            @ForAll long seed) {
        PatchSpec spec = new PatchSpec(epsilon, height, width, 0.05, 3, randomStart);
        staysWithin(spec, epsilon, 2, seed);
        Scopes.run(() -> {
            AttackBatch batch = batch(1, seed);
            double[] adversarial = TinyModels.values(spec.newAttack().perturb(VICTIM, batch));
            double[] images = TinyModels.values(batch.images());
            int top = 5;
            int bottom = -1;
            int left = 6;
            int right = -1;
            for (int i = 0; i < images.length; i++) {
                if (adversarial[i] != images[i]) {
                    int row = i / 6 % 5;
                    int column = i % 6;
                    top = Math.min(top, row);
                    bottom = Math.max(bottom, row);
                    left = Math.min(left, column);
                    right = Math.max(right, column);
                }
            }
            assertThat(bottom - top + 1).isLessThanOrEqualTo(height);
            assertThat(right - left + 1).isLessThanOrEqualTo(width);
        });
    }

    @Property(tries = 50)
    void minimalAttacksEndInsideTheBoxAndFoolOrReturnTheImage(@ForAll long seed, @ForAll boolean deepFool) {
        Scopes.run(() -> {
            AttackBatch batch = batch(3, seed);
            AttackSpec spec = deepFool ? DeepFoolSpec.DEFAULTS : new CwL2Spec(10, 0.02, 100, 0, 1, 30);
            Tensor adversarial = spec.newAttack().perturb(VICTIM, batch);
            assertThat(TinyModels.list(adversarial)).allMatch(v -> v >= 0 && v <= 1);
            long[] verdict = VICTIM.predict(adversarial);
            for (int i = 0; i < 3; i++) {
                assertThat(verdict[i] != batch.labels()[i]
                                || TinyModels.same(
                                        adversarial.narrow(0, i, 1),
                                        batch.images().narrow(0, i, 1)))
                        .isTrue();
            }
        });
    }

    @Property(tries = 100)
    void settingsSurviveJson(
            @ForAll @DoubleRange(max = 1) double epsilon,
            @ForAll @DoubleRange(min = 1e-9, max = 1e9) double c,
            @ForAll @IntRange(min = 1) int steps,
            @ForAll boolean flag) {
        for (AttackSpec spec : new AttackSpec[] {
            new PgdSpec(epsilon, 0.5, steps, flag),
            new CwL2Spec(c, c, steps, epsilon, 1, 0),
            new CwLinfSpec(epsilon, c, c, steps, c / 1e4),
            new PatchSpec(epsilon, steps, steps, 0.1, steps, flag),
            new DeepFoolSpec(steps, epsilon, 2)
        }) {
            assertThat(Json.parse(Json.line(spec), AttackSpec.class, "test")).isEqualTo(spec);
        }
    }
}
