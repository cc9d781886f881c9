package io.redrl.recognition;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.base.Seed;
import io.redrl.model.Network;
import io.redrl.model.VictimCatalog;
import io.redrl.tensor.OnShapesAlone;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.Toy;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks and losses on LibTorch's device for shapes alone, which refuses tensors of another device beside its own, as a GPU does. */
class DeviceFollowedTest {
    @ParameterizedTest
    @EnumSource(names = {"IMAGE", "PERTURBATION_AND_IMAGE", "RESIDUAL_AND_IMAGE", "SRM_AND_IMAGE"})
    void aTrainingStepsTensorsAreAllOnTheDevice(RecogniserInput input) {
        RecogniserSpec spec = Toy.spec(input);
        try (OnShapesAlone device = new OnShapesAlone();
                Networks networks = new Networks(spec)) {
            Scopes.run(() -> {
                Tensor shown = Tensors.uniform(new Seed(1), 6, 3, Toy.SIZE, Toy.SIZE);
                Tensor clean = Tensors.uniform(new Seed(2), 6, 3, Toy.SIZE, Toy.SIZE);
                Tensor made = networks.reconstructs() ? networks.reconstruct(shown, Precision.FP32) : null;
                Tensor logits = networks.logits(new PsiInput(shown, clean, made, null), Precision.FP32);
                Tensor loss = Losses.attackClassification(logits, Tensors.longs(0, 1, 2, 3, 4, 5), 0.2);
                if (made != null) {
                    loss = loss.add(Losses.reconstruction(clean, made)).add(Losses.features(clean, made));
                }
                loss.backward();
                assertThat(loss.device().is_meta()).isTrue();
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vgg9-64", "resnet20-64", "densenet32-64", "resnext20-64", "resnet18-imagenet"})
    void aVictimIsOnTheDevice(String name) {
        try (OnShapesAlone device = new OnShapesAlone();
                Network network = VictimCatalog.named(name).network(10, new Seed(1))) {
            Scopes.run(() -> {
                network.eval();
                network.freeze();
                network.channelsLast();
                network.fold();
                Tensor images = Tensors.uniform(new Seed(1), 2, 3, 64, 64).requires_grad_(true);
                Tensor gradient = Tensors.gradient(network.forward(images).sum(), images);
                assertThat(gradient.device().is_meta()).isTrue();
            });
        }
    }
}
