package io.redrl.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
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
import io.redrl.testing.FunctionVictim;
import io.redrl.testing.Npz;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Our attacks against another library's: torchattacks (commit 23620a69, PyTorch 1.13, float32) on a ResNet20 that neither
 * made, and CIFAR-10's test images 2000 to 2019. Both sides move away from the true label and keep float32.
 *
 * <p>Iterated signs amplify rounding, so only FGSM is compared value by value; of the others, what they achieve.
 */
class GoldenTest {
    /** The loss below which the gradient of cross-entropy is half noise in float32. */
    private static final double CANCELS = 1e-6;

    private static PointerScope scope;
    private static TorchScriptClassifier victim;
    private static Npz golden;
    private static AttackBatch batch;

    @BeforeAll
    static void open() throws IOException {
        Optional<Path> arrays = TestData.shared("../golden/resnet20-torchattacks.npz");
        Optional<Path> model = TestData.shared("resnet20-cifar10.torchscript.pt");
        Assumptions.assumeTrue(
                arrays.isPresent() && model.isPresent(),
                "no golden/resnet20-torchattacks.npz or data/resnet20-cifar10.torchscript.pt in the shared folder");
        scope = new PointerScope();
        victim = TorchScriptClassifier.open(model.get(), ImageShape.square(32));
        golden = Npz.read(arrays.get());
        long[] ids = golden.array("index").longs();
        int[] indices = Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
        assertThat(indices).containsExactly(IntStream.range(2000, 2020).toArray());
        ImageDataset test = TestData.cifar10(Split.TEST);
        assertThat(test.labels(indices)).containsExactly(golden.array("label").longs());
        batch = new AttackBatch(
                Tensors.pixels(test.images(indices)), golden.array("label").longs(), ids, new Seed(1));
    }

    @AfterAll
    static void close() {
        if (scope != null) {
            victim.close();
            scope.close();
        }
    }

    /** Adversarial images and the victim's logits on them. */
    private record Result(Tensor images, Tensor logits) {
        static Result theirs(String name) {
            return new Result(tensor(name), tensor(name + "_logits"));
        }

        static Result ours(Attack attack) {
            // The others computed in float32; low-precision logits are other numbers.
            Tensor images = attack.perturb(new FullPrecisionVictim(victim), batch);
            return new Result(images, victim.logits(images));
        }

        boolean[] fooled() {
            long[] verdict = Tensors.argmax(logits);
            boolean[] fooled = new boolean[verdict.length];
            for (int i = 0; i < fooled.length; i++) {
                fooled[i] = verdict[i] != batch.labels()[i];
            }
            return fooled;
        }

        int successes() {
            boolean[] fooled = fooled();
            return (int)
                    IntStream.range(0, fooled.length).filter(i -> fooled[i]).count();
        }

        double meanLoss() {
            return AttackLosses.crossEntropy(logits, Tensors.longs(batch.labels()))
                    .mean()
                    .item_double();
        }

        double[] l2() {
            return Tensors.toDoubles(Norm.L2.of(images.sub(batch.images())));
        }
    }

    private static Tensor tensor(String name) {
        Npz.Array array = golden.array(name);
        return Tensors.floats(array.floats(), array.shape());
    }

    private static double median(double[] values) {
        double[] sorted = Arrays.stream(values).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private static void achievesTheSame(Attack attack, String name) {
        Scopes.run(() -> {
            Result theirs = Result.theirs(name);
            Result ours = Result.ours(attack);
            assertThat(ours.successes()).isCloseTo(theirs.successes(), within(1));
            assertThat(ours.meanLoss()).isCloseTo(theirs.meanLoss(), withinPercentage(1));
            assertThat(median(ours.l2())).isCloseTo(median(theirs.l2()), withinPercentage(1));
        });
    }

    @Test
    void theVictimAnswersTheSame() {
        Scopes.run(() -> {
            assertThat(TinyModels.distance(victim.logits(batch.images()), tensor("clean_logits")))
                    .isLessThan(1e-4);
            Result theirs = Result.theirs("pgd_linf_8_step2_10");
            assertThat(TinyModels.distance(victim.logits(theirs.images()), theirs.logits()))
                    .isLessThan(1e-4);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 2})
    void fgsmMakesTheSameImagesButOfThoseThatTheVictimIsTooSureOf(int epsilon) {
        Scopes.run(() -> {
            Result theirs = Result.theirs("fgsm_" + epsilon);
            Result ours = Result.ours(new FgsmSpec(Norm.LINF, epsilon / 255.0, Target.NONE).newAttack());
            double[] loss =
                    Tensors.toDoubles(AttackLosses.crossEntropy(tensor("clean_logits"), Tensors.longs(batch.labels())));
            Rows unsure = Rows.all(batch.size()).where(i -> loss[i] > CANCELS);
            assertThat(unsure.size()).isEqualTo(16);
            assertThat(shareThatDiffers(unsure.of(ours.images()), unsure.of(theirs.images())))
                    .isLessThan(0.001);
            assertThat(ours.successes()).isCloseTo(theirs.successes(), within(1));
        });
    }

    /**
     * Why the images above are left out: on them softmax − one-hot cancels in float32, so that up to a third of the
     * signs are noise. The plain loss in float32 has the same noise; in double precision it has our signs.
     */
    @Test
    void whereTheyDifferDoublePrecisionTakesOurSide() {
        Scopes.run(() -> {
            JitModule module = torch.load(TestData.shared("resnet20-cifar10.torchscript.pt")
                    .orElseThrow()
                    .toString());
            module.eval();
            module.to(ScalarType.Double);
            Classifier inDouble = new FunctionVictim(
                    10,
                    victim.input(),
                    x -> new Tensor(
                            module.forward(new IValueVector(new IValue(x))).toTensor()));
            Tensor theirs = tensor("fgsm_8");
            Tensor ours = new FgsmSpec(Norm.LINF, 8 / 255.0, Target.NONE)
                    .newAttack()
                    .perturb(new FullPrecisionVictim(victim), batch);
            assertThat(shareThatDiffers(ours, theirs)).isBetween(0.03, 0.05);
            // Unfolded, as theirs was: folding changes the last digits, and so this noise.
            Classifier unfolded = new FunctionVictim(10, victim.input(), victim::logitsThroughFilters);
            assertThat(shareThatDiffers(plainFgsm(unfolded, batch.images()), theirs))
                    .isLessThan(0.001);
            assertThat(shareThatDiffers(plainFgsm(inDouble, batch.images().to(ScalarType.Double)), ours))
                    .isLessThan(0.001);
        });
    }

    /** ε 8/255, along the gradient of cross-entropy as anybody would write it. */
    private static Tensor plainFgsm(Classifier model, Tensor images) {
        Tensor labels = Tensors.longs(batch.labels());
        Tensor gradient = Logits.gradient(model, images, logits -> torch.log_softmax(logits, 1)
                .gather(1, labels.unsqueeze(1))
                .neg());
        return images.add(gradient.sign(), new Scalar(8 / 255.0)).clamp_(Tensors.scalar(0), Tensors.scalar(1));
    }

    private static double shareThatDiffers(Tensor a, Tensor b) {
        return a.sub(b).abs().gt(new Scalar(1e-6)).to(ScalarType.Double).mean().item_double();
    }

    @Test
    void pgdAchievesTheSame() {
        achievesTheSame(new PgdSpec(8 / 255.0, 2 / 255.0, 10, false).newAttack(), "pgd_linf_8_step2_10");
        achievesTheSame(new PgdSpec(1 / 255.0, 0.25 / 255, 10, false).newAttack(), "pgd_linf_1_step025_10");
        achievesTheSame(
                new PgdSpec(Norm.L2, 0.5, 0.1, 10, false, 1, Loss.CROSS_ENTROPY, false, Target.NONE).newAttack(),
                "pgd_l2_05_step01_10");
    }

    /** Their step has a length of its own; ours is ε / T, as its authors have it. */
    @Test
    void momentumFgsmAchievesTheSame() {
        MiFgsmSpec spec = new MiFgsmSpec(8 / 255.0, 10, 1, Target.NONE);
        achievesTheSame(new MiFgsmAttack(spec, 2 / 255.0), "mi_fgsm_8_step2_10");
    }

    /** Theirs stalls on the boundary of two images, for want of a shortest step. */
    @Test
    void deepFoolGoesAsFar() {
        Scopes.run(() -> {
            Result theirs = Result.theirs("deepfool_50_002");
            Result ours = Result.ours(new DeepFoolSpec(50, 0.02, 10, Norm.L2).newAttack());
            assertThat(theirs.successes()).isEqualTo(18);
            assertThat(ours.successes()).isGreaterThanOrEqualTo(19);
            boolean[] byThem = theirs.fooled();
            boolean[] byUs = ours.fooled();
            Rows both = Rows.all(batch.size()).where(i -> byThem[i] && byUs[i]);
            assertThat(median(both.pick(ours.l2()))).isCloseTo(median(both.pick(theirs.l2())), withinPercentage(1));
        });
    }
}
