package io.redrl.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.Seed;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResidualNetworkTest {
    private static final int OUTPUTS = 5;
    private ResidualNetwork network;

    @BeforeEach
    void make() {
        network = new ResidualNetwork(8, 1, OUTPUTS, new Seed(1));
        network.train(true);
        Scopes.run(() -> network.run(images(6, 40, 40), Precision.FP32)); // so that batch norm has statistics
        network.train(false);
    }

    @AfterEach
    void close() {
        network.close();
    }

    private static Tensor images(int count, int height, int width) {
        Tensor levels = Tensors.normal(new Seed(count + 7 * height + width), count, 3, height, width);
        return torch.sigmoid(levels)
                .mul(new org.bytedeco.pytorch.Scalar(255.0))
                .round()
                .div(new org.bytedeco.pytorch.Scalar(255.0));
    }

    @ParameterizedTest
    @CsvSource({"32,32", "33,47", "64,32", "75,100"})
    void readsImagesOfAnySize(int height, int width) {
        Scopes.run(() -> {
            ResidualNetwork.Result result = network.run(images(2, height, width), Precision.FP32);
            assertThat(Tensors.shape(result.outputs())).containsExactly(2, OUTPUTS);
            assertThat(result.map().size(0)).isEqualTo(2);
            assertThat(Tensors.toDoubles(result.outputs())).doesNotContain(Double.NaN);
        });
    }

    @Test
    void foldingChangesNothing() {
        Scopes.run(() -> {
            Tensor images = images(3, 48, 48);
            Tensor before = network.run(images, Precision.FP32).outputs();
            network.fold();
            Tensor after = network.run(images, Precision.FP32).outputs();
            assertThat(before.sub(after).abs().max().item_double()).isLessThan(1e-4);
        });
    }

    @Test
    void tilesOfOneImageAreOneImage() {
        Scopes.run(() -> {
            Tensor tile = images(1, 48, 48);
            double[] alone = Tensors.toDoubles(network.run(tile, Precision.FP32).outputs());
            Tensor tiles = torch.cat(new TensorVector(tile, tile, tile), 0);
            ResidualNetwork.Result together = network.runTogether(tiles, Precision.FP32);
            double[] outputs = Tensors.toDoubles(together.outputs());
            assertThat(outputs).hasSize(OUTPUTS);
            for (int i = 0; i < OUTPUTS; i++) {
                assertThat(outputs[i]).isCloseTo(alone[i], within(1e-4));
            }
            assertThat(Tensors.shape(together.map())).containsExactly(3, 1, 24, 24);
        });
    }

    /** In a flat image no filter finds anything, not at its border either: all shades of it differ by the image channels alone. */
    @Test
    void filtersDoNotRespondToFlatImages() {
        Scopes.run(() -> {
            Tensor flat =
                    Tensors.floats(new float[] {0.2f, 0.5f, 0.9f}, 1, 3, 1, 1).expand(1, 3, 40, 40);
            Tensor filters = network.named_parameters().get(new org.bytedeco.javacpp.BytePointer("filters.weight"));
            Tensor zeroMean =
                    filters.sub(filters.mean(new long[] {2, 3}, true, new org.bytedeco.pytorch.ScalarTypeOptional()));
            Tensor response =
                    torch.conv2d(torch.replication_pad2d(flat, 2, 2, 2, 2).contiguous(), zeroMean);
            assertThat(response.abs().max().item_double()).isLessThan(1e-5);
        });
    }
}
