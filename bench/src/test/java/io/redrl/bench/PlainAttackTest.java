package io.redrl.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.AttackCatalog;
import io.redrl.attack.AttackSpec;
import io.redrl.base.Seed;
import io.redrl.data.Cifar10;
import io.redrl.data.ImageDataset;
import io.redrl.image.ImageShape;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The plain loops solve the same problems as the attacks: a baseline that does something else would prove nothing. */
class PlainAttackTest {
    private static final int IMAGES = 4;

    private static PointerScope scope;
    private static Subject subject;
    private static AttackBatch batch;

    /** Noise in place of photographs. */
    private record Noise(int size) implements ImageDataset {
        @Override
        public String id() {
            return "noise/test";
        }

        @Override
        public ImageShape shape() {
            return ImageShape.square(32);
        }

        @Override
        public List<String> classNames() {
            return Cifar10.CLASS_NAMES;
        }

        @Override
        public byte[] pixels(int index) {
            // Blocks of 8×8 pixels: smoother than independent pixels, and without values at the ends.
            return Scopes.valued(() -> Tensors.greyLevels(Tensors.uniform(new Seed(3).child(index), 3, 4, 4)
                    .mul(new Scalar(0.6))
                    .add(new Scalar(0.2))
                    .repeat_interleave(8, new LongOptional(1), new LongOptional())
                    .repeat_interleave(8, new LongOptional(2), new LongOptional())));
        }

        @Override
        public int label(int index) {
            return index % 10;
        }

        @Override
        public String imageId(int index) {
            return "noise/" + index;
        }

        @Override
        public String checksum() {
            return "noise";
        }
    }

    @BeforeAll
    static void open() {
        scope = new PointerScope();
        Noise noise = new Noise(500);
        subject = Subject.random("vgg8", new Seed(5), noise, false);
        batch = bench(List.of("pgd"), 0).batches(subject, IMAGES, IMAGES).get(0);
    }

    @AfterAll
    static void close() {
        subject.close();
        scope.close();
    }

    private static AttackBench bench(List<String> attacks, int plainSteps) {
        Settings settings = new Settings(
                List.of(),
                List.of(),
                attacks,
                List.of(IMAGES),
                0,
                1,
                4,
                plainSteps,
                0,
                false,
                false,
                Map.of("pgd.epsilon", "4/255"),
                true,
                List.of(Precision.FP32),
                7);
        return new AttackBench(settings, new Noise(500), line -> {});
    }

    private static Run plain(AttackSpec spec) {
        return Run.plain(PlainAttack.of(spec, false), subject.plain(), List.of(batch));
    }

    private static Run ours(AttackSpec spec) {
        return Run.ours(spec, subject.ours(), List.of(batch), Precision.FP32, false);
    }

    private static double loss(Tensor images) {
        return Scopes.valuedNoGrad(
                () -> torch.cross_entropy(subject.plain().logits(images), Tensors.longs(batch.labels()))
                        .item_double());
    }

    /** The images of both sides have the same loss, and it is above that of the clean images. */
    private static void climbsAsFar(AttackSpec spec) {
        Scopes.run(() -> {
            double plain = loss(
                    PlainAttack.of(spec, false).perturb(subject.plain(), batch).adversarial());
            double ours = loss(spec.newAttack().perturb(subject.ours(), batch));
            assertThat(plain).isGreaterThan(1.005 * loss(batch.images()));
            assertThat(ours).isCloseTo(plain, within(0.01 * plain));
        });
    }

    /** Both sides fool the same images, at distances that are the same in the median. */
    private static void foolsAsClosely(AttackSpec spec, double tolerance) {
        Run plain = plain(spec);
        Run ours = ours(spec);
        assertThat(plain.success()).isEqualTo(1);
        assertThat(ours.success()).isEqualTo(1);
        assertThat(ours.medianL2()).isCloseTo(plain.medianL2(), within(tolerance * plain.medianL2()));
    }

    @Test
    void bothSidesHaveTheSameNetwork() {
        Scopes.run(() -> {
            float[] plain = Tensors.toFloats(subject.plain().logits(batch.images()));
            float[] ours = Tensors.toFloats(subject.ours().logits(batch.images()));
            assertThat(ours).containsExactly(plain, within(1e-3f));
        });
    }

    @Test
    void pgdClimbsAsFar() {
        climbsAsFar(AttackCatalog.defaults("pgd").with("steps", 10).with("random-start", false));
    }

    @Test
    void aPatchLiesAtTheSamePlaceAndClimbsAsFar() {
        climbsAsFar(AttackCatalog.defaults("patch").with("steps", 10));
    }

    @Test
    void cwLinfFoolsInTheSameBall() {
        foolsAsClosely(AttackCatalog.defaults("cw-linf").with("steps", 20), 0.05);
    }

    @Test
    void cwL2FoolsAsClosely() {
        foolsAsClosely(AttackCatalog.defaults("cw-l2").with("steps", 60).with("abort-after", 0), 0.05);
    }

    @Test
    void deepFoolFoolsAsClosely() {
        foolsAsClosely(AttackCatalog.defaults("deepfool"), 0.02);
    }

    @Test
    void theAuthorsAbortEndsEarly() {
        Scopes.run(() -> {
            AttackSpec spec = AttackCatalog.defaults("cw-l2").with("steps", 50).with("learning-rate", 1e-9);
            assertThat(PlainAttack.of(spec, true)
                            .perturb(subject.plain(), batch)
                            .steps())
                    .isLessThan(50);
        });
    }

    @Test
    void everyAttackIsMeasuredOnBothSides() {
        List<String> attacks = PlainAttack.attacks();
        List<Row> rows = new ArrayList<>();
        bench(attacks, 0).measure(subject, rows::addAll);
        assertThat(rows).hasSize(2 * attacks.size()).allMatch(row -> row.seconds() > 0 && row.success() >= 0);
        assertThat(Row.csv(rows).lines()).hasSize(1 + rows.size());
        assertThat(Row.chart(rows)).contains("deepfool").endsWith("</svg>\n");
    }

    @Test
    void aCutLoopIsScaledAndNotCompared() {
        List<Row> rows = new ArrayList<>();
        bench(List.of("pgd"), 2).measure(subject, rows::addAll);
        Row plain = rows.get(0);
        assertThat(plain.stepsRun()).isEqualTo(2);
        assertThat(plain.stepsScaledTo()).isEqualTo(4);
        assertThat(plain.success()).isNaN();
        assertThat(plain.linf()).isNaN();
        assertThat(rows.get(1).success()).isNotNaN();
        assertThat(rows.get(1).spec()).contains("\"epsilon\":" + 4 / 255.0);
        assertThat(rows.get(1).successGap()).isNaN();
    }

    @Test
    void operationsOfVgg8AreThoseOfItsShapes() {
        // Two convolutions each at 32×32, 16×16 and 8×8, of 16, 48 and 96 channels.
        long expected = 18L * (1024 * (3 * 16 + 16 * 16) + 256 * (16 * 48 + 48 * 48) + 64 * (48 * 96 + 96 * 96));
        assertThat(Flops.forward(subject.plain(), ImageShape.square(32))).isEqualTo(expected);
    }

    @Test
    void theStopWatchSeesEveryPass() {
        try (TimedClassifier timed = new TimedClassifier(subject.ours())) {
            AttackSpec spec = AttackCatalog.defaults("pgd").with("steps", 3);
            Run run = Run.ours(spec, timed, List.of(batch), Precision.FP32, false);
            assertThat(timed.report(run.seconds()))
                    .containsPattern("with a graph +3 calls +" + 3 * IMAGES + " images")
                    .containsPattern("backward to the image +3 calls +" + 3 * IMAGES + " images");
        }
    }
}
