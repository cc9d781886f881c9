package io.redrl.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.data.TestData;
import io.redrl.model.Classifier;
import io.redrl.model.TorchScriptClassifier;
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

/** Every attack with the paper's settings on a real ResNet20 and real CIFAR-10 test images. */
class RealVictimTest {
    private static final int IMAGES = 32;

    private static PointerScope scope;
    private static Classifier victim;
    private static AttackBatch batch;

    @BeforeAll
    static void open() {
        Optional<Path> file = TestData.shared("resnet20-cifar10.torchscript.pt");
        Assumptions.assumeTrue(file.isPresent(), "no resnet20-cifar10.torchscript.pt in the shared data folder");
        scope = new PointerScope();
        victim = TorchScriptClassifier.open(file.get());
        ImageDataset test = TestData.cifar10(Split.TEST);
        // Images that it gets right: the others are fooled before the attack starts.
        int[] first = IntStream.range(0, 48).toArray();
        Tensor pixels = Tensors.pixels(test.pixels(first), 48, 3, 32, 32);
        long[] verdict = victim.predict(pixels);
        long[] right = LongStream.range(0, 48)
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

    private static List<AttackedExample> attack(AttackSpec spec) {
        return Scopes.valued(
                () -> AttackRunner.run(spec, victim, batch, Storage.UINT8).examples());
    }

    private static long stored(List<AttackedExample> examples) {
        return examples.stream().filter(AttackedExample::success8bit).count();
    }

    @Test
    void pgdLeavesNoImageRight() {
        List<AttackedExample> examples = attack(PgdSpec.DEFAULTS.with("steps", 40));
        assertThat(stored(examples)).isEqualTo(IMAGES);
        assertThat(examples).allMatch(example -> example.linf() <= 8 / 255.0 + 1e-6);
    }

    @Test
    void deepFoolFoolsCloselyAndSurvivesRounding() {
        List<AttackedExample> examples = attack(DeepFoolSpec.DEFAULTS);
        assertThat(examples).allMatch(AttackedExample::successFloat);
        assertThat(stored(examples)).isEqualTo(IMAGES);
        double[] l2 =
                examples.stream().mapToDouble(AttackedExample::l2).sorted().toArray();
        assertThat(l2[IMAGES / 2]).isBetween(0.05, 0.3);
    }

    @Test
    void cwL2FoolsNearlyAll() {
        List<AttackedExample> examples = attack(CwL2Spec.DEFAULTS);
        assertThat(stored(examples)).isGreaterThanOrEqualTo(31);
        // A few hundredths per value: far from what noise needs, further than DeepFool's.
        assertThat(examples).allMatch(example -> example.l2() < 2);
    }

    @Test
    void cwLinfFoolsNearlyAllInItsBall() {
        List<AttackedExample> examples = attack(CwLinfSpec.DEFAULTS.with("steps", 40));
        assertThat(stored(examples)).isGreaterThanOrEqualTo(31);
        assertThat(examples).allMatch(example -> example.linf() <= 8 / 255.0 + 1e-6);
    }

    @Test
    void aPatchFoolsSomeAndChangesOnlyItsPlace() {
        PatchSpec spec = new PatchSpec(16 / 255.0, 8, 8, 2 / 255.0, 30, false);
        List<AttackedExample> examples = attack(spec);
        assertThat(stored(examples)).isBetween(3L, 31L);
        assertThat(examples).allMatch(example -> example.linf() <= 16 / 255.0 + 1e-6);
        assertThat(examples).allMatch(example -> example.l2() <= 16 / 255.0 * Math.sqrt(3 * 8 * 8) + 1e-5);
    }
}
