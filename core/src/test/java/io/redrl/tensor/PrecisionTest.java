package io.redrl.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrecisionTest {
    @TempDir
    Path folder;

    private Path processor(String flags) throws IOException {
        return Files.writeString(folder.resolve("cpuinfo"), "processor\t: 0\nflags\t\t: fpu sse2 " + flags + "\n");
    }

    @Test
    void choosesHalfPrecisionOnlyWhereTheProcessorHasIt() throws IOException {
        assertThat(Precision.fastest(processor("avx512f avx512_bf16 amx_tile"))).isEqualTo(Precision.BF16);
        assertThat(Precision.fastest(processor("avx2 avx512f"))).isEqualTo(Precision.FP32);
        assertThat(Precision.fastest(folder.resolve("absent"))).isEqualTo(Precision.FP32);
    }

    @Test
    void choosesHalfPrecisionForOneThreadOnlyAndWhateverIsAskedFor() throws IOException {
        Path fast = processor("avx512_bf16");
        Path slow = folder.resolve("absent");
        int threads = torch.get_num_threads();
        try {
            torch.set_num_threads(2);
            assertThat(Precision.AUTO.resolved(fast)).isEqualTo(Precision.FP32);
            assertThat(Precision.BF16.resolved(slow)).isEqualTo(Precision.BF16);
            torch.set_num_threads(1);
            assertThat(Precision.AUTO.resolved(fast)).isEqualTo(Precision.BF16);
            assertThat(Precision.AUTO.resolved(slow)).isEqualTo(Precision.FP32);
            assertThat(Precision.FP32.resolved(fast)).isEqualTo(Precision.FP32);
        } finally {
            torch.set_num_threads(threads);
        }
    }

    @Test
    void computesInThePrecisionAskedForAndLeavesTheThreadAsItWas() {
        try (PointerScope scope = new PointerScope()) {
            Tensor a = Tensors.uniform(new Seed(1), 4, 4);
            assertThat(Precision.BF16.run(() -> torch.mm(a, a)).scalar_type().intern())
                    .isEqualTo(ScalarType.BFloat16);
            assertThat(Precision.FP32.run(() -> torch.mm(a, a)).scalar_type().intern())
                    .isEqualTo(ScalarType.Float);
            assertThatThrownBy(() -> Precision.BF16.run(() -> {
                        throw new IllegalStateException("inside");
                    }))
                    .hasMessage("inside");
            assertThat(torch.is_autocast_enabled(DeviceType.CPU)).isFalse();
            assertThat(torch.mm(a, a).scalar_type().intern()).isEqualTo(ScalarType.Float);
        }
    }
}
