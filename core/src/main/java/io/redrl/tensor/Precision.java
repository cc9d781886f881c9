package io.redrl.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The precision of a forward pass. Half the bits are about twice as fast in training where the processor
 * has bfloat16 instructions, and far slower where it has not.
 */
public enum Precision {
    /**
     * {@link #BF16} where the processor computes with bfloat16 and the work has one thread (as in {@link Lanes}), else
     * {@link #FP32}: with two threads, trainings in bfloat16 have crashed inside oneDNN 3.7.1's backward convolution.
     */
    AUTO,
    /** 32-bit floats. */
    FP32,
    /** Convolutions and matrix products in bfloat16, the rest and all weights in 32-bit floats (autocast). */
    BF16;

    private static final Path CPU_FLAGS = Path.of("/proc/cpuinfo");

    /** {@link #FP32} or {@link #BF16}: what this setting means on this machine. */
    public Precision resolved() {
        return resolved(CPU_FLAGS);
    }

    /** What this setting means on the processor whose flags {@code cpuInfo} lists. */
    Precision resolved(Path cpuInfo) {
        if (this == AUTO && ComputeDevice.current().cuda()) {
            return BF16;
        }
        return this != AUTO ? this : Lanes.count() == 1 ? fastest(cpuInfo) : FP32;
    }

    /** The faster of the two on this device: on a GPU always {@link #BF16}. */
    public static Precision fastest() {
        return ComputeDevice.current().cuda() ? BF16 : fastest(CPU_FLAGS);
    }

    /** The faster of the two on the processor whose flags {@code cpuInfo} lists; FP32 if it cannot be read. */
    static Precision fastest(Path cpuInfo) {
        try {
            boolean bfloat16 = Files.readAllLines(cpuInfo).stream()
                    .filter(line -> line.startsWith("flags"))
                    .anyMatch(line -> line.contains(" avx512_bf16"));
            return bfloat16 ? BF16 : FP32;
        } catch (IOException e) {
            return FP32;
        }
    }

    /**
     * Runs a forward pass in this precision, on this thread. The backward pass belongs outside.
     *
     * @return what {@code forward} returns; a tensor may be bfloat16
     */
    public <T> T run(Supplier<T> forward) {
        if (resolved() == FP32) {
            return forward.get();
        }
        LibTorch.load();
        DeviceType device = ComputeDevice.current().type();
        boolean enabled = torch.is_autocast_enabled(device);
        boolean cached = torch.is_autocast_cache_enabled();
        torch.set_autocast_dtype(device, ScalarType.BFloat16);
        torch.set_autocast_cache_enabled(false); // a cached copy of the weights would miss the optimiser's step
        torch.set_autocast_enabled(device, true);
        try {
            return forward.get();
        } finally {
            torch.set_autocast_enabled(device, enabled);
            torch.set_autocast_cache_enabled(cached);
        }
    }
}
