package io.redrl.tensor;

import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;

/**
 * The device that networks and tensors live on: one for the process, chosen before the first network is made. What {@link Tensors} makes
 * and what networks are made from goes there; tables too large for it stay in the machine's memory, and their rows travel as they are
 * needed. Random numbers are drawn by the processor whatever the device, so that every device starts from the same.
 *
 * <p>Never run on a GPU yet: no machine with one was at hand. Tests see that what {@link Tensors} makes follows the device.
 *
 * @param name {@code cpu}, or {@code cuda:0} and so on
 */
public record ComputeDevice(String name) {
    /** The processor. */
    public static final ComputeDevice CPU = new ComputeDevice("cpu");

    /** What chooses a GPU where there is one. */
    public static final String AUTO = "auto";

    private static final Pattern NAMES = Pattern.compile("auto|cpu|cuda(?::(\\d{1,2}))?");
    private static final String GPU_LIBRARIES = "/org/bytedeco/pytorch/linux-x86_64-gpu/";
    private static final AtomicReference<ComputeDevice> CURRENT = new AtomicReference<>(CPU);
    /** Whether the command line has chosen, over what files say. */
    private static final AtomicBoolean ASKED = new AtomicBoolean();

    /**
     * Refuses what names no device.
     *
     * @param name {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:NUMBER}
     */
    public static String checked(String name) {
        Checks.require(NAMES.matcher(name).matches(), "device must be auto, cpu, cuda or cuda:NUMBER, got '%s'", name);
        return name;
    }

    /**
     * The device of a name.
     *
     * @throws RedrlException if a GPU is asked for and there is none to use, saying what to do
     */
    public static ComputeDevice of(String name) {
        Matcher matcher = NAMES.matcher(checked(name));
        boolean auto = name.equals(AUTO);
        if (name.equals(CPU.name()) || (auto && !hasGpuLibraries())) {
            return CPU;
        }
        boolean usable = hasGpuLibraries() && available();
        if (auto) {
            return usable ? new ComputeDevice("cuda:0") : CPU;
        }
        Checks.require(
                usable,
                hasGpuLibraries()
                        ? "LibTorch finds no GPU for %s: is there an NVIDIA GPU with a driver for CUDA 13 (nvidia-smi tells)? Without one"
                                + " leave the device out, or say cpu"
                        : "This build has no libraries for %s: build with mvn -Pcuda package on a machine with an NVIDIA GPU, or leave the"
                                + " device out, or say cpu",
                name);
        int number = matcher.matches() && matcher.group(1) != null ? Integer.parseInt(matcher.group(1)) : 0;
        return new ComputeDevice("cuda:" + number);
    }

    private static boolean hasGpuLibraries() {
        return ComputeDevice.class.getResource(GPU_LIBRARIES + "libtorch_cuda.so") != null;
    }

    private static boolean available() {
        LibTorch.load();
        return torch.cuda_is_available();
    }

    /** The device that is used. */
    public static ComputeDevice current() {
        return Objects.requireNonNull(CURRENT.get());
    }

    /** Uses a device, whatever files say. */
    public static void ask(String name) {
        of(name).use();
        ASKED.set(true);
    }

    /** Uses the device that a file names, unless the command line has named one. */
    public static void use(String name) {
        if (!ASKED.get()) {
            of(name).use();
        }
    }

    /** Uses this device from now on; what was made before stays where it is. */
    void use() {
        CURRENT.set(this);
    }

    /** Whether it is a GPU. */
    public boolean cuda() {
        return name.startsWith("cuda");
    }

    /** What autocast calls it. */
    DeviceType type() {
        return cuda() ? DeviceType.CUDA : DeviceType.CPU;
    }

    /** LibTorch's name of it; caller's scope. */
    public DeviceOptional optional() {
        LibTorch.load();
        return new DeviceOptional(new Device(name));
    }

    /**
     * A tensor on the device: the same if it is there; to a GPU through pinned memory, without waiting for it. Caller's scope.
     */
    public static Tensor place(Tensor tensor) {
        ComputeDevice device = current();
        if (device.equals(CPU)) {
            return tensor;
        }
        Tensor from = device.cuda() && tensor.device().is_cpu() ? tensor.pin_memory() : tensor;
        return from.to(
                new Device(device.name()),
                from.scalar_type(),
                device.cuda(),
                false,
                new org.bytedeco.pytorch.MemoryFormatOptional());
    }

    /** Moves a network with its parameters and buffers to the device. */
    public static void place(Module network) {
        if (!current().equals(CPU)) {
            Scopes.run(() -> network.to(new Device(current().name()), false));
        }
    }
}
