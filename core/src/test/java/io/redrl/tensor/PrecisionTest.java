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

    private Precision withFlags(String flags) throws IOException {
        return Precision.fastest(
                Files.writeString(folder.resolve("cpuinfo"), "processor\t: 0\nflags\t\t: fpu sse2 " + flags + "\n"));
    }

    @Test
    void choosesHalfPrecisionOnlyWhereTheProcessorHasIt() throws IOException {
        assertThat(withFlags("avx512f avx512_bf16 amx_tile")).isEqualTo(Precision.BF16);
        assertThat(withFlags("avx2 avx512f")).isEqualTo(Precision.FP32);
        assertThat(Precision.fastest(folder.resolve("absent"))).isEqualTo(Precision.FP32);
        assertThat(Precision.AUTO.resolved()).isNotEqualTo(Precision.AUTO);
        assertThat(Precision.FP32.resolved()).isEqualTo(Precision.FP32);
    }

    @Test
    void choosesHalfPrecisionForOneThreadOnly() {
        int threads = torch.get_num_threads();
        try {
            torch.set_num_threads(2);
            assertThat(Precision.AUTO.resolved()).isEqualTo(Precision.FP32);
            torch.set_num_threads(1);
            assertThat(Precision.AUTO.resolved()).isEqualTo(Precision.fastest(Path.of("/proc/cpuinfo")));
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
