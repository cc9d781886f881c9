package io.redrl.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.data.TestData;
import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.model.TorchScriptClassifier;
import io.redrl.tensor.Norm;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Attacks on a real ResNet20 and the first forty real CIFAR-10 test images that it gets right. */
class RealVictimTest {
    private static final int IMAGES = 40;
    private static final int SEVERAL = 8;

    private static PointerScope scope;
    private static Classifier victim;
    private static AttackBatch batch;

    @BeforeAll
    static void open() {
        Optional<Path> file = TestData.shared("resnet20-cifar10.torchscript.pt");
        Assumptions.assumeTrue(file.isPresent(), "no resnet20-cifar10.torchscript.pt in the shared data folder");
        scope = new PointerScope();
        victim = TorchScriptClassifier.open(file.get(), ImageShape.square(32));
        ImageDataset test = TestData.cifar10(Split.TEST);
        // Images that it gets right: the others are fooled before the attack starts.
        int[] first = IntStream.range(0, 50).toArray();
        Tensor pixels = Tensors.pixels(test.images(first));
        long[] verdict = victim.predict(pixels);
        long[] right = LongStream.range(0, 50)
                .filter(i -> verdict[(int) i] == test.label((int) i))
                .limit(IMAGES)
                .toArray();
        long[] labels = LongStream.of(right).map(i -> test.label((int) i)).toArray();
        batch = new AttackBatch(pixels.index_select(0, Tensors.longs(right)), labels, right, new Seed(7));
        assertThat(batch.size()).isEqualTo(IMAGES);
    }

    @AfterAll
    static void close() {
        if (scope != null) {
            victim.close();
            scope.close();
        }
    }

    private static List<Outcome> attack(AttackSpec spec) {
        return Scopes.valued(
                () -> AttackRunner.run(spec, victim, batch, Storage.UINT8).outcomes());
    }

    private static long stored(List<Outcome> examples) {
        return examples.stream().filter(Outcome::success8bit).count();
    }

    private static double medianL2(List<Outcome> examples) {
        double[] l2 = examples.stream().mapToDouble(Outcome::l2).sorted().toArray();
        return (l2[(l2.length - 1) / 2] + l2[l2.length / 2]) / 2;
    }

    private static List<Outcome> asFloat(AttackSpec spec) {
        return Scopes.valued(
                () -> AttackRunner.run(spec, victim, batch, Storage.FLOAT32).outcomes());
    }

    @Test
    void pgdLeavesNoImageRight() {
        List<Outcome> examples = asFloat(PgdSpec.DEFAULTS);
        assertThat(examples).allMatch(Outcome::successFloat);
        assertThat(examples).allMatch(example -> example.linf() <= 8 / 255.0 + 1e-6);
        assertThat(stored(examples)).isEqualTo(batch.size());
    }

    @Test
    void deepFoolFoolsClosely() {
        List<Outcome> deepFool = asFloat(DeepFoolSpec.DEFAULTS);
        assertThat(deepFool).allMatch(Outcome::successFloat);
        assertThat(medianL2(deepFool)).isBetween(0.08, 0.14);
    }

    @Test
    void deepFoolMissesNoNearerBoundaryByLookingAtFewerRivals() {
        Scopes.run(() -> {
            Tensor few = new DeepFoolAttack(DeepFoolSpec.DEFAULTS).perturb(victim, batch);
            Tensor all = new DeepFoolAttack(DeepFoolSpec.DEFAULTS, Double.POSITIVE_INFINITY).perturb(victim, batch);
            double[] fewL2 = Tensors.toDoubles(Norm.L2.of(few.sub(batch.images())));
            double[] allL2 = Tensors.toDoubles(Norm.L2.of(all.sub(batch.images())));
            assertThat(IntStream.range(0, IMAGES).filter(i -> fewL2[i] > 1.001 * allL2[i]))
                    .hasSizeLessThanOrEqualTo(1);
        });
    }

    /** A small learning rate, since only 60 steps are taken for each c. */
    @Test
    void cwL2WithItsSearchComesCloserThanDeepFool() {
        List<Outcome> cw = asFloat(new CwL2Spec(0.5, 0.002, 60, 0, 5, 60, Target.NONE));
        assertThat(cw).allMatch(Outcome::successFloat);
        assertThat(medianL2(cw)).isLessThanOrEqualTo(medianL2(asFloat(DeepFoolSpec.DEFAULTS)));
    }

    @Test
    void deepFoolAndCwL2SurviveRounding() {
        assertThat(stored(attack(DeepFoolSpec.DEFAULTS))).isGreaterThanOrEqualTo(98 * IMAGES / 100);
        List<Outcome> cw = attack(CwL2Spec.DEFAULTS.with("steps", 100));
        assertThat(stored(cw)).isGreaterThanOrEqualTo(98 * IMAGES / 100);
        // A few hundredths per value: far from what noise needs, further than DeepFool's.
        assertThat(cw).allMatch(example -> example.l2() < 2);
    }

    /** Kernels round differently with the batch size, and a sign makes much of it: pixels may differ, and the loss of
     * a single image by several per cent, but not success nor the mean loss. */
    @Test
    void anImageFaresTheSameAloneAndInABatch() {
        for (AttackSpec spec : List.of(PgdSpec.DEFAULTS.with("steps", 30), DeepFoolSpec.DEFAULTS)) {
            Scopes.run(() -> {
                AttackBatch several = batch.of(Rows.all(SEVERAL));
                AttackOutcome together = AttackRunner.run(spec, victim, several, Storage.FLOAT32);
                double sum = 0;
                for (int i = 0; i < SEVERAL; i++) {
                    int image = i;
                    AttackBatch single = batch.of(Rows.all(SEVERAL).where(row -> row == image));
                    AttackOutcome alone = AttackRunner.run(spec, victim, single, Storage.FLOAT32);
                    assertThat(alone.outcomes().get(0).successFloat())
                            .isEqualTo(together.outcomes().get(i).successFloat());
                    sum += loss(alone.adversarial(), single);
                }
                assertThat(sum / SEVERAL)
                        .as(spec.id())
                        .isCloseTo(loss(together.adversarial(), several), withinPercentage(1));
            });
        }
    }

    private static double loss(Tensor images, AttackBatch batch) {
        return Scopes.valued(() -> AttackLosses.crossEntropy(victim.logits(images), Tensors.longs(batch.labels()))
                .mean()
                .item_double());
    }

    @Test
    void cwLinfFoolsNearlyAllInItsBall() {
        List<Outcome> examples = attack(CwLinfSpec.DEFAULTS.with("steps", 25));
        assertThat(stored(examples)).isGreaterThanOrEqualTo(98 * IMAGES / 100);
        assertThat(examples).allMatch(example -> example.linf() <= 8 / 255.0 + 1e-6);
    }

    @Test
    void aPatchFoolsSomeAndChangesOnlyItsPlace() {
        PatchSpec spec = new PatchSpec(16 / 255.0, 8, 8, 2 / 255.0, 20, false);
        List<Outcome> examples = attack(spec);
        assertThat(stored(examples)).isBetween(IMAGES / 10L, IMAGES - 1L);
        assertThat(examples).allMatch(example -> example.linf() <= 16 / 255.0 + 1e-6);
        assertThat(examples).allMatch(example -> example.l2() <= 16 / 255.0 * Math.sqrt(3 * 8 * 8) + 1e-5);
    }
}
