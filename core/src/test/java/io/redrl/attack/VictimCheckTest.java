package io.redrl.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.attack.VictimCheck.Sign;
import io.redrl.attack.VictimCheck.Warning;
import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.data.TestData;
import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.model.TorchScriptClassifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.FunctionVictim;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class VictimCheckTest {
    private static final ImageShape SHAPE = ImageShape.square(8);

    private static List<Warning> check(Classifier victim) {
        return Scopes.valued(() -> VictimCheck.of(
                victim, TinyModels.images(3, 0.1, 0.9, 16, victim.input()).to(ScalarType.Float)));
    }

    /** A victim with two classes whose lead is a function of the image, {@code [N,192]} to {@code [N]}. */
    private static List<Warning> checkLead(UnaryOperator<Tensor> lead) {
        return check(new FunctionVictim(2, SHAPE, x -> {
            Tensor first = lead.apply(x.flatten(1, -1));
            return torch.stack(new TensorVector(first, torch.zeros_like(first)), 1);
        }));
    }

    private static Tensor weights() {
        return Tensors.normal(new Seed(11), SHAPE.values());
    }

    private static void assertMasked(List<Warning> warnings, String how) {
        assertThat(warnings).extracting(Warning::sign).containsExactly(Sign.MASKED_GRADIENT);
        assertThat(warnings.get(0).text()).startsWith("victim tiny ").contains(how);
    }

    @Test
    void nothingIsSaidOfPlainNetworks() {
        assertThat(check(TinyModels.randomLinear(SHAPE, 10, 1, 1))).isEmpty();
        assertThat(check(TinyModels.randomLinear(SHAPE, 2, 1e-3, 2))).isEmpty();
        assertThat(check(TinyModels.randomLinear(SHAPE, 200, 100, 3))).isEmpty();
        assertThat(check(TinyModels.conv())).isEmpty();
    }

    @Test
    void nothingIsSaidOfARealNetwork() {
        Optional<Path> file = TestData.shared("resnet20-cifar10.torchscript.pt");
        Assumptions.assumeTrue(file.isPresent(), "no resnet20-cifar10.torchscript.pt in the shared data folder");
        ImageDataset images = TestData.cifar10(Split.TEST);
        try (Classifier victim = TorchScriptClassifier.open(file.get(), ImageShape.square(32))) {
            for (int first : new int[] {0, 100, 5000}) {
                assertThat(VictimCheck.of(victim, images, List.of(first, first + 1, first + 2)))
                        .isEmpty();
            }
        }
    }

    @Test
    void steppedVictimsHaveNoGradient() {
        assertMasked(
                checkLead(x -> x.mul(new Scalar(20.0)).round().matmul(weights())),
                "on 16 of 16 images the gradient is (nearly) zero");
        assertMasked(checkLead(x -> x.detach().matmul(weights())), "passes no gradient to its input");
    }

    @Test
    void saturatedVictimsHaveNoGradient() {
        FunctionVictim sure = TinyModels.randomLinear(SHAPE, 10, 100, 3);
        List<Warning> warnings =
                check(new FunctionVictim(10, SHAPE, x -> sure.logits(x).softmax(1)));
        assertThat(warnings).extracting(Warning::sign).containsExactly(Sign.SOFTMAX, Sign.MASKED_GRADIENT);
        assertThat(warnings.get(1).text()).contains("nearly) zero");
    }

    @Test
    void aGradientThatPointsTheWrongWayIsNoticedByItsSteps() {
        assertMasked(
                checkLead(x -> {
                    Tensor truth = x.matmul(weights());
                    return truth.detach().mul(new Scalar(2.0)).sub(truth);
                }),
                "a step of 8/255 along the gradient's sign harms no more than random noise");
    }

    @Test
    void aGradientThatIsNotTheSlopeIsNoticedByFiniteDifferences() {
        // The gradient of another function, as of a preprocessing that somebody replaced in the backward pass.
        assertMasked(
                checkLead(x -> {
                    Tensor other = x.matmul(Tensors.normal(new Seed(12), SHAPE.values()));
                    return other.add(x.matmul(weights()).sub(other).detach());
                }),
                "is not the slope that a change of a quarter of a grey level finds");
    }

    @Test
    void aVictimThatLongerStepsFoolLessIsNoticed() {
        // A step of 8/255 turns half a circle, one of 32/255 two whole ones.
        assertMasked(
                checkLead(x -> x.mean(1)
                        .sub(new Scalar(0.5))
                        .mul(new Scalar(Math.PI * 255 / 8))
                        .add(new Scalar(0.7))
                        .cos()),
                "and the longer one of 32/255 on");
    }

    @Test
    void shatteredGradientsAreNoticedByTheirNeighbours() {
        assertMasked(
                checkLead(x -> x.mul(new Scalar(2e4)).sin().matmul(weights())),
                "within a quarter of a grey level the gradient turns");
    }

    @Test
    void softmaxAndItsLogarithmAreTold() {
        FunctionVictim linear = TinyModels.randomLinear(SHAPE, 10, 1, 1);
        List<Warning> softmax =
                check(new FunctionVictim(10, SHAPE, x -> linear.logits(x).softmax(1)));
        assertThat(softmax).extracting(Warning::sign).containsExactly(Sign.SOFTMAX);
        assertThat(softmax.get(0).text()).contains("add up to 1", "leave it out");
        List<Warning> logSoftmax =
                check(new FunctionVictim(10, SHAPE, x -> linear.logits(x).log_softmax(1)));
        assertThat(logSoftmax).extracting(Warning::sign).containsExactly(Sign.LOG_SOFTMAX);
    }

    @Test
    void changingAnswersAreTold() {
        FunctionVictim linear = TinyModels.randomLinear(SHAPE, 10, 1, 1);
        AtomicInteger asked = new AtomicInteger();
        List<Warning> warnings = check(new FunctionVictim(
                10,
                SHAPE,
                x -> linear.logits(x.add(Tensors.normal(new Seed(asked.incrementAndGet()), Tensors.shape(x))
                        .mul(new Scalar(0.05))))));
        assertThat(warnings).extracting(Warning::sign).containsExactly(Sign.RANDOM_ANSWERS);
        assertThat(warnings.get(0).text()).contains("two passes over 16 images differed");
        assertThat(asked.get()).isLessThan(10);
    }

    @Test
    void aLookIsCheap() {
        FunctionVictim linear = TinyModels.randomLinear(SHAPE, 10, 1, 1);
        AtomicInteger asked = new AtomicInteger();
        check(new FunctionVictim(10, SHAPE, x -> {
            asked.incrementAndGet();
            return linear.logits(x);
        }));
        assertThat(asked.get()).isBetween(5, 9);
    }
}
