package io.redrl.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.data.TestData;
import io.redrl.model.Network;
import io.redrl.model.VictimCatalog;
import io.redrl.model.Weights;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PaperVictimsTest {

    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "resnet50", "resnext50", "densenet121", "vgg19"})
    void takesOneTrainingStepOnRealImages(String model) {
        ImageDataset data = TestData.cifar10(Split.TEST);
        int[] indices = {0, 1, 2, 3};
        try (PointerScope scope = new PointerScope();
                Network network = VictimCatalog.named(model).network(10, new Seed(1))) {
            network.channelsLast();
            Map<String, Tensor> parameters = Weights.parameters(network);
            Map<String, Tensor> before = new java.util.LinkedHashMap<>();
            parameters.forEach(
                    (name, tensor) -> before.put(name, tensor.detach().clone()));
            SGD optimizer = new SGD(network.parameters(), new SGDOptions(0.1));

            Tensor x = Tensors.pixels(data.images(indices));
            Tensor loss = torch.cross_entropy_loss(network.forward(x), Tensors.longs(data.labels(indices)));
            loss.backward();
            optimizer.step();

            assertThat(loss.item_double()).isFinite().isPositive();
            List<String> same = new ArrayList<>();
            before.forEach((name, old) -> {
                Tensor now = parameters.get(name);
                if (now == null || now.equal(old)) {
                    same.add(name);
                }
                assertThat(now != null && now.isfinite().all().item_bool())
                        .as(name)
                        .isTrue();
            });
            // A convolution's bias in front of batch norm has no influence: its gradient may be exactly zero.
            assertThat(same).allMatch(name -> name.matches("features\\.\\d+\\.bias"));
        }
    }
}
