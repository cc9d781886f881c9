package io.redrl.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ComputeDeviceTest {
    @AfterEach
    void onTheProcessorAgain() {
        ComputeDevice.CPU.use();
    }

    @Test
    void whereThereIsNoGpuOneSentenceSaysWhatToDo() {
        assertThat(ComputeDevice.of("auto")).isEqualTo(ComputeDevice.CPU);
        assertThat(ComputeDevice.of("cpu")).isEqualTo(ComputeDevice.CPU);
        assertThatThrownBy(() -> ComputeDevice.of("cuda:1"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("no libraries for cuda:1: build with mvn -Pcuda package")
                .hasMessageContaining("or say cpu");
        for (String unknown : new String[] {"gpu", "cuda:", "cuda:a", "CUDA", ""}) {
            assertThatThrownBy(() -> ComputeDevice.checked(unknown))
                    .hasMessage("device must be auto, cpu, cuda or cuda:NUMBER, got '%s'".formatted(unknown));
        }
        assertThat(ComputeDevice.current()).isEqualTo(ComputeDevice.CPU);
    }

    /** LibTorch's device for shapes alone stands in for a GPU: it refuses tensors of another device beside its own. */
    @Test
    void whatTensorsMakesFollowsTheDevice() {
        new ComputeDevice("meta").use();
        Scopes.run(() -> {
            Tensor[] made = {
                Tensors.floats(new float[] {1}, 1),
                Tensors.doubles(new double[] {1}, 1),
                Tensors.longs(1, 2),
                Tensors.uniform(new Seed(1), 2, 2),
                Tensors.normal(new Seed(1), 2, 2),
                Tensors.pixels(new byte[12], 1, 3, 2, 2),
            };
            for (Tensor each : made) {
                assertThat(each.device().is_meta()).isTrue();
            }
        });
    }
}
