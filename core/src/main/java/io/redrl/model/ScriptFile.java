package io.redrl.model;

import io.redrl.base.RedrlException;
import io.redrl.tensor.ComputeDevice;
import io.redrl.tensor.LibTorch;
import io.redrl.tensor.Scopes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.attribute_iterator;
import org.bytedeco.pytorch.attribute_list;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** A TorchScript file as it is read here: on the CPU, wherever it was saved, in evaluation mode, recording no gradients of weights. */
final class ScriptFile {
    /** In the code of modules that were exported on a GPU: tensors that they make while they run. */
    private static final Pattern DEVICE = Pattern.compile("torch\\.device\\(\"(?!cpu|meta)[a-z]+(?::\\d+)?\"\\)");

    private static final String CPU = "torch.device(\"cpu\")";
    private static final Set<ScalarType> OTHER_FLOATS = Set.of(ScalarType.Half, ScalarType.BFloat16, ScalarType.Double);

    private ScriptFile() {}

    /**
     * Reads a file.
     *
     * @return a module that nobody's scope frees
     * @throws RedrlException if it is missing, cut or of another kind
     */
    static JitModule load(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new RedrlException("No such model file: " + file);
        }
        try {
            return Scopes.valued(() -> {
                JitModule module = Scopes.owned(read(file));
                module.eval();
                tensors(module, tensor -> {
                    if (tensor.requires_grad()) {
                        tensor.requires_grad_(false);
                    }
                });
                return module;
            });
        } catch (RuntimeException e) {
            throw new RedrlException(
                    file + " could not be read as TorchScript: it " + ModelFileKind.describe(file)
                            + ". Export it with torch.jit.script or torch.jit.trace, or fetch it again.",
                    e);
        }
    }

    private static JitModule read(Path file) {
        LibTorch.load();
        Path onCpu = file;
        try {
            if (namesDevice(file)) {
                onCpu = Files.createTempFile("redrl-", ".pt");
                rewrite(file, onCpu);
            }
            return torch.load(onCpu.toString(), ComputeDevice.current().optional(), false);
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + e, e);
        } finally {
            if (!onCpu.equals(file)) {
                onCpu.toFile().delete();
            }
        }
    }

    /** Whether the code names a device that is not here. */
    private static boolean namesDevice(Path file) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                if (isCode(entry) && DEVICE.matcher(text(zip, entry)).find()) {
                    return true;
                }
            }
        } catch (IOException e) {
            return false; // LibTorch will say what is wrong with it
        }
        return false;
    }

    private static boolean isCode(ZipEntry entry) {
        return entry.getName().contains("/code/") && entry.getName().endsWith(".py");
    }

    private static String text(ZipFile zip, ZipEntry entry) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void rewrite(Path file, Path to) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile());
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                byte[] bytes;
                try (InputStream in = zip.getInputStream(entry)) {
                    bytes = in.readAllBytes();
                }
                if (isCode(entry)) {
                    bytes = DEVICE.matcher(new String(bytes, StandardCharsets.UTF_8))
                            .replaceAll(CPU)
                            .getBytes(StandardCharsets.UTF_8);
                }
                ZipEntry stored = new ZipEntry(entry.getName());
                CRC32 crc = new CRC32();
                crc.update(bytes);
                stored.setMethod(ZipEntry.STORED); // as LibTorch wants it
                stored.setSize(bytes.length);
                stored.setCrc(crc.getValue());
                out.putNextEntry(stored);
                out.write(bytes);
            }
        }
    }

    /** Hands over every tensor that a module keeps: parameters, buffers and other attributes. */
    static void tensors(JitModule module, Consumer<Tensor> each) {
        Scopes.run(() -> {
            attribute_list attributes = module.attributes();
            attribute_iterator end = attributes.end();
            for (attribute_iterator at = attributes.begin(); at.notEquals(end); at.increment()) {
                IValue value = at.multiply();
                if (value.isTensor()) {
                    Tensor tensor = new Tensor(value.toTensor());
                    if (tensor.defined()) {
                        each.accept(tensor);
                    }
                }
            }
        });
    }

    /** Converts float16, bfloat16 and float64 weights to float32; returns the names of the types that there were. */
    static List<String> toFloat32(JitModule module) {
        Set<String> types = new TreeSet<>();
        tensors(module, tensor -> {
            ScalarType type = tensor.scalar_type().intern();
            if (OTHER_FLOATS.contains(type)) {
                types.add(ScriptValues.name(type));
                tensor.set_data(tensor.detach().to(ScalarType.Float));
            }
        });
        return List.copyOf(types);
    }

    /** The type of most of a module's floating-point values. */
    static ScalarType type(JitModule module) {
        List<ScalarType> types = new ArrayList<>();
        long[] most = {0};
        tensors(module, tensor -> {
            if (tensor.is_floating_point() && tensor.numel() > most[0]) {
                most[0] = tensor.numel();
                types.add(tensor.scalar_type().intern());
            }
        });
        return types.isEmpty() ? ScalarType.Float : types.get(types.size() - 1);
    }

    /** Stores convolution weights in channels-last order; values stay. */
    static void channelsLast(JitModule module) {
        tensors(module, tensor -> {
            if (tensor.dim() == 4 && tensor.is_floating_point()) {
                tensor.set_data(tensor.detach().contiguous(MemoryFormat.ChannelsLast));
            }
        });
    }
}
