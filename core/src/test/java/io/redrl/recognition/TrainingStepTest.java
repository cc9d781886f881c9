package io.redrl.recognition;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.base.Seed;
import io.redrl.model.FeatureExtractor;
import io.redrl.model.Weights;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.MadeImages;
import io.redrl.testing.Toy;
import java.nio.file.Path;
import java.util.Objects;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingStepTest {
    @TempDir
    Path folder;

    /** The sum of |gradient| over G's parameters after a backward pass of this loss. */
    private static double gradientOfG(Networks networks, Tensor loss) {
        loss.backward();
        Module g = Objects.requireNonNull(networks.modules().get(Networks.RECONSTRUCTOR));
        double sum = 0;
        for (Tensor parameter : Weights.parameters(g).values()) {
            if (parameter.grad().defined()) {
                sum += parameter.grad().abs().sum().item_float();
            }
        }
        return sum;
    }

    @Test
    void everyLossReachesGAndNoneReachesTheFrozenNetworks() {
        Path vgg = Toy.vgg(folder.resolve("vgg.safetensors"), 2, new int[] {1, 1, 1}, false);
        try (Toy.LinearVictim phi = new Toy.LinearVictim();
                FeatureExtractor f = FeatureExtractor.load(vgg)) {
            for (int loss = 0; loss < 4; loss++) {
                int which = loss;
                try (Networks networks = new Networks(Toy.spec(RecogniserInput.RESIDUAL_AND_IMAGE))) {
                    double reached = Scopes.valued(() -> {
                        Tensor clean = Tensors.uniform(new Seed(1), 6, 3, Toy.SIZE, Toy.SIZE);
                        Tensor attacked = clean.mul(new Scalar(0.9));
                        Tensor reconstructed = networks.reconstruct(attacked, Precision.FP32);
                        Tensor term =
                                switch (which) {
                                    case 0 -> Losses.reconstruction(clean, reconstructed);
                                    case 1 ->
                                        Losses.features(
                                                f.features(clean, Precision.FP32),
                                                f.features(reconstructed, Precision.FP32));
                                    case 2 ->
                                        Losses.imageClassification(
                                                phi.logits(reconstructed), Tensors.longs(phi.predict(clean)));
                                    default ->
                                        Losses.attackClassification(
                                                networks.logits(
                                                        new PsiInput(attacked, null, reconstructed, null),
                                                        Precision.FP32),
                                                Tensors.longs(0, 1, 2, 3, 4, 5),
                                                0.2);
                                };
                        return gradientOfG(networks, term);
                    });
                    assertThat(reached).as("loss %d", which).isGreaterThan(1e-6);
                }
            }
            assertThat(phi.weight.requires_grad()).isFalse();
            assertThat(phi.weight.grad().defined()).isFalse();
            boolean frozen = Scopes.valued(() -> !f.features(Tensors.uniform(new Seed(1), 1, 3, 8, 8), Precision.FP32)
                    .requires_grad());
            assertThat(frozen).as("F's own weights record no gradients").isTrue();
        }
    }

    @Test
    void theResidualIsWhatClampingLeavesAndKeepsOneGreyLevel() {
        float[] residual = Scopes.valued(() -> Tensors.toFloats(PsiInput.residual(
                Tensors.floats(new float[] {1, 0.5f + 1 / 255f, 0}, 1, 3, 1, 1),
                Tensors.floats(new float[] {1.5f, 0.5f, -0.25f}, 1, 3, 1, 1))));
        assertThat(residual[0]).isZero();
        assertThat(residual[1] * 255).isBetween(0.9999f, 1.0001f);
        assertThat(residual[2]).isZero();
    }

    @Test
    void onlyLossesWithAWeightAreComputed() {
        MadeImages images = Toy.images(8);
        RecogniserSpec spec = Toy.spec(RecogniserInput.RESIDUAL_AND_IMAGE)
                .withLosses("toy", new LossSettings(0.01, 0, 0, 0.2, FeatureScale.NONE));
        try (TrainingStep step = TrainingStep.of(spec, Toy.rows(images, "uint8"), images, null, null)) {
            StepMetrics metrics = step.run(0);
            assertThat(metrics.reconstructionLoss()).isPositive();
            assertThat(metrics.featureLoss()).isZero();
            assertThat(metrics.imageClassificationLoss()).isZero();
            assertThat(metrics.loss())
                    .isCloseTo(
                            metrics.attackLoss() + 0.01 * metrics.reconstructionLoss(),
                            org.assertj.core.api.Assertions.within(1e-5));
        }
    }

    @Test
    void aStepLeavesNoTensorBehind() {
        MadeImages images = Toy.images(8);
        RecogniserSpec spec = Toy.spec(RecogniserInput.RESIDUAL_AND_IMAGE)
                .withTraining(TrainingSettings.compact().withSteps(20, 6).withPrecision(Precision.FP32));
        Path vgg = Toy.vgg(folder.resolve("vgg.safetensors"), 2, new int[] {1, 1, 1}, false);
        try (Toy.LinearVictim phi = new Toy.LinearVictim();
                FeatureExtractor f = FeatureExtractor.load(vgg);
                TrainingStep step = TrainingStep.of(spec, Toy.rows(images, "uint8"), images, phi, f)) {
            // The optimiser makes its moments in the first step; the collector may free what others have forgotten.
            step.run(0);
            long before = Pointer.totalCount();
            for (int i = 1; i < 20; i++) {
                step.run(i);
                assertThat(Pointer.totalCount()).as("after step %d", i).isLessThanOrEqualTo(before);
            }
        }
    }
}
