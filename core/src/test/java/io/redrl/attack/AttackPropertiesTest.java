package io.redrl.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.base.Json;
import io.redrl.base.Seed;
import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.tensor.Norm;
import io.redrl.tensor.Scopes;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Scale;
import org.bytedeco.pytorch.Scalar;
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

    /** Any shape, ε, norm and setting: inside [0, 1], inside the ball, and outside a patch untouched. */
    @Property(tries = 3_000)
    void constraintsHoldWhateverTheShapeTheRadiusAndTheNorm(
            @ForAll @IntRange(min = 1, max = 3) int channels,
            @ForAll @IntRange(min = 1, max = 6) int height,
            @ForAll @IntRange(min = 1, max = 6) int width,
            @ForAll @DoubleRange(max = 1) @Scale(6) double epsilon,
            @ForAll @DoubleRange(min = 1e-3, max = 1) @Scale(3) double step,
            @ForAll @IntRange(max = 4) int kind,
            @ForAll boolean flag,
            @ForAll long seed) {
        ImageShape shape = new ImageShape(channels, height, width);
        Target target = flag ? Target.NONE : new Target("random");
        Loss loss = flag ? Loss.MARGIN : Loss.CROSS_ENTROPY;
        Norm norm = kind == 1 ? Norm.L2 : Norm.LINF;
        AttackSpec spec =
                switch (kind) {
                    case 0, 1 -> new PgdSpec(norm, epsilon, step, 2, flag, 1, loss, !flag, target);
                    case 2 -> new CwLinfSpec(epsilon, 5, step, 2, 0, target);
                    default ->
                        new PatchSpec(
                                epsilon,
                                1 + height / 2,
                                1 + width / 3,
                                kind == 3 ? "random" : "centre",
                                step,
                                2,
                                flag,
                                loss,
                                target);
                };
        Scopes.run(() -> {
            Classifier victim = TinyModels.randomLinear(shape, 3, 2, seed);
            Tensor images = TinyModels.images(seed, -0.2, 1.2, 2, shape)
                    .clamp(io.redrl.tensor.Tensors.scalar(0), io.redrl.tensor.Tensors.scalar(1))
                    .to(ScalarType.Float);
            AttackBatch batch = new AttackBatch(images, victim.predict(images), new long[] {3, 5}, new Seed(seed));
            Tensor adversarial =
                    AttackRunner.run(spec, victim, batch, Storage.FLOAT32).adversarial();
            Tensor delta = adversarial.sub(images);
            assertThat(norm.of(delta).max().item_double()).isLessThanOrEqualTo(epsilon * (1 + 1e-5) + 1e-6);
            assertThat(adversarial.min().item_double()).isNotNegative();
            assertThat(adversarial.max().item_double()).isLessThanOrEqualTo(1);
            if (spec instanceof PatchSpec patch) {
                assertThat(delta.ne(new Scalar(0.0)).any(1).sum().item_long())
                        .isLessThanOrEqualTo(2L * patch.height() * patch.width());
            }
        });
    }

    @Property(tries = 100)
    void othersStayInTheirBalls(
            @ForAll @DoubleRange(max = 0.5) @Scale(6) double epsilon,
            @ForAll @IntRange(min = 1, max = 12) int steps,
            @ForAll @IntRange(min = 1, max = 5) int n,
            @ForAll Loss loss,
            @ForAll long seed) {
        for (AttackSpec spec : new AttackSpec[] {
            new FgsmSpec(Norm.LINF, epsilon, Target.NONE),
            new MiFgsmSpec(epsilon, steps, 1, Target.NONE),
            new ApgdSpec(Norm.LINF, epsilon, steps, 1, loss, Target.NONE),
            new SquareSpec(epsilon, steps, 0.8, Target.NONE),
            new NoiseSpec(epsilon, NoiseSpec.Distribution.UNIFORM)
        }) {
            staysWithin(spec, epsilon, n, seed);
        }
    }

    @Property(tries = 50)
    void euclideanBallsAreKept(
            @ForAll @DoubleRange(max = 20) @Scale(4) double epsilon,
            @ForAll @IntRange(min = 1, max = 12) int steps,
            @ForAll long seed) {
        Scopes.run(() -> {
            AttackBatch batch = batch(3, seed);
            for (AttackSpec spec : new AttackSpec[] {
                new FgsmSpec(Norm.L2, epsilon, Target.NONE),
                new ApgdSpec(Norm.L2, epsilon, steps, 1, Loss.DLR, Target.NONE)
            }) {
                Tensor adversarial = spec.newAttack().perturb(VICTIM, batch);
                assertThat(TinyModels.list(Norm.L2.of(adversarial.sub(batch.images()))))
                        .allMatch(length -> length <= epsilon * (1 + 1e-5) + 1e-6);
                assertThat(TinyModels.list(adversarial)).allMatch(v -> v >= 0 && v <= 1);
            }
        });
    }

    @Property(tries = 50)
    void fewPixelsAreFew(
            @ForAll @IntRange(min = 1, max = 35) int pixels,
            @ForAll @IntRange(min = 4, max = 9) int population,
            @ForAll @IntRange(min = 0, max = 4) int steps,
            @ForAll long seed) {
        Scopes.run(() -> {
            AttackBatch batch = batch(2, seed);
            Tensor adversarial = new FewPixelSpec(pixels, population, steps, Target.NONE)
                    .newAttack()
                    .perturb(VICTIM, batch);
            assertThat(TinyModels.list(adversarial)).allMatch(v -> v >= 0 && v <= 1);
            assertThat(TinyModels.changedPixels(adversarial, batch.images())).allMatch(count -> count <= pixels);
        });
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

    @Property(tries = 30)
    void minimalAttacksEndInsideTheBoxAndFoolOrReturnTheImage(@ForAll long seed, @ForAll @IntRange(max = 2) int which) {
        Scopes.run(() -> {
            AttackBatch batch = batch(3, seed);
            AttackSpec spec = List.of(
                            DeepFoolSpec.DEFAULTS,
                            new CwL2Spec(10, 0.02, 60, 0, 1, 20, Target.NONE),
                            new EadSpec(0.001, 10, 0.02, 40, 0, 2, 20, EadSpec.Rule.EN, Target.NONE))
                    .get(which);
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
            @ForAll @DoubleRange(max = 1) @Scale(9) double epsilon,
            @ForAll @DoubleRange(min = 1e-9, max = 1e9) @Scale(9) double c,
            @ForAll @IntRange(min = 1, max = 1_000_000) int steps,
            @ForAll boolean flag) {
        for (AttackSpec spec : new AttackSpec[] {
            new PgdSpec(epsilon, 0.5, steps, flag),
            new CwL2Spec(c, c, steps, epsilon, 1, 0, Target.NONE),
            new CwLinfSpec(epsilon, c, c, steps, c / 1e4, Target.NONE),
            new PatchSpec(epsilon, steps, steps, 0.1, steps, flag),
            new DeepFoolSpec(steps, epsilon, 2, Norm.L2),
            new FgsmSpec(Norm.L2, epsilon, Target.of(steps % 1000)),
            new MiFgsmSpec(epsilon, steps, epsilon, Target.NONE),
            new ApgdSpec(Norm.LINF, epsilon, steps, 2, Loss.DLR, Target.NONE),
            new SquareSpec(epsilon, steps, Math.min(1, c), Target.NONE),
            new FewPixelSpec(steps, 4, steps, Target.NONE),
            new EadSpec(epsilon, c, c, steps, epsilon, 9, 0, EadSpec.Rule.L1, Target.NONE),
            new NoiseSpec(epsilon, NoiseSpec.Distribution.GAUSSIAN),
            new JpegSpec(1 + steps % 100)
        }) {
            assertThat(Json.parse(Json.line(spec), AttackSpec.class, "test")).isEqualTo(spec);
        }
    }
}
