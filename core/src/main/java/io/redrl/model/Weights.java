package io.redrl.model;

import io.redrl.base.OneLine;
import io.redrl.base.RedrlException;
import io.redrl.tensor.ComputeDevice;
import io.redrl.tensor.Safetensors;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.StringTensorDict;
import org.bytedeco.pytorch.StringVector;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/**
 * A network's parameters and buffers by name, to and from disk. Names are LibTorch's, which are torchvision's where the
 * layer is torchvision's, so that files go both ways.
 */
public final class Weights {
    private static final String COUNTER = ".num_batches_tracked";
    private static final String VARIANCE = ".running_var";

    private Weights() {}

    /** The parameters by name, in registration order; handles in the caller's scope onto the network's own memory. */
    public static Map<String, Tensor> parameters(Module network) {
        return named(network.named_parameters());
    }

    /** The buffers (batch norm's running statistics) by name; handles in the caller's scope onto the network's own. */
    public static Map<String, Tensor> buffers(Module network) {
        return named(network.named_buffers());
    }

    /** Parameters, then buffers; handles in the caller's scope onto the network's own memory. */
    public static Map<String, Tensor> state(Module network) {
        Map<String, Tensor> state = parameters(network);
        state.putAll(buffers(network));
        return state;
    }

    /** The number of learnable values. */
    public static long parameterCount(Module network) {
        return Scopes.valued(() ->
                parameters(network).values().stream().mapToLong(Tensor::numel).sum());
    }

    /** Writes parameters and buffers as safetensors; the file is complete or absent. */
    public static void save(Module network, Path file) {
        Scopes.run(() -> Safetensors.write(file, state(network), Map.of("format", "pt")));
    }

    /**
     * Checks that a file can hold a network before the network is made: a size that comes from a file is not to be
     * believed, and a network takes the memory at once.
     *
     * @param values at most as many as the network has
     * @throws RedrlException if the file is missing or has not even two bytes for each
     */
    public static void requireRoom(Path file, long values) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new RedrlException("No such weights file: " + file);
            }
            long size = Files.size(file);
            if (size < 2 * values) {
                throw new RedrlException(file + " has " + size + " bytes, too few for the " + values
                        + " weights that the settings beside it ask for: they do not belong together");
            }
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + e, e);
        }
    }

    /**
     * Loads a safetensors file into a network.
     *
     * @throws RedrlException if a tensor is missing, unexpected or of another shape; the network is as it was
     */
    public static void load(Module network, Path file) {
        Scopes.run(() -> load(network, Safetensors.read(file), file.toString()));
    }

    /**
     * Copies tensors into the parameters and buffers of the same names.
     *
     * @param tensors by name; batch norm's counters of seen batches may be left out, since evaluation ignores them
     * @param source names the tensors' origin in messages
     * @throws RedrlException if a tensor is missing, unexpected, of another shape or holds what no training gives (not a
     *     number, infinite, a negative variance); the network is as it was
     */
    public static void load(Module network, Map<String, Tensor> tensors, String source) {
        Scopes.valuedNoGrad(() -> {
            Map<String, Tensor> state = state(network);
            List<String> problems = problems(state, tensors);
            if (!problems.isEmpty()) {
                int shown = Math.min(problems.size(), 5);
                throw new RedrlException(source + " does not fit this network: "
                        + String.join("; ", problems.subList(0, shown))
                        + (shown < problems.size() ? "; and " + (problems.size() - shown) + " more" : ""));
            }
            state.forEach((name, tensor) -> {
                Tensor value = tensors.get(name);
                if (value != null) {
                    tensor.copy_(value);
                }
            });
            ComputeDevice.place(network);
            return network;
        });
    }

    private static List<String> problems(Map<String, Tensor> state, Map<String, Tensor> tensors) {
        List<String> problems = new ArrayList<>();
        state.forEach((name, own) -> {
            Tensor given = tensors.get(name);
            if (given == null) {
                if (!name.endsWith(COUNTER)) {
                    problems.add(name + " is missing");
                }
            } else if (!Arrays.equals(Tensors.shape(own), Tensors.shape(given))) {
                problems.add(name + " has shape " + Arrays.toString(Tensors.shape(given)) + " instead of "
                        + Arrays.toString(Tensors.shape(own)));
            } else if (given.is_floating_point() != own.is_floating_point()) {
                problems.add(name + " has dtype " + given.scalar_type().intern());
            } else if (!plausible(name, given)) {
                problems.add(name + " holds values that no training gives: the file is altered");
            }
        });
        for (String name : tensors.keySet()) {
            if (!state.containsKey(name)) {
                problems.add(OneLine.of(name) + " is unexpected");
            }
        }
        return problems;
    }

    /** Finite numbers, and no negative variance: anything else would make every prediction NaN. */
    private static boolean plausible(String name, Tensor values) {
        return values.isfinite().all().item_bool()
                && !(name.endsWith(VARIANCE) && values.lt(new Scalar(0.0)).any().item_bool());
    }

    /** Copies the handles out of LibTorch's dictionary, whose own are gone when it is. */
    private static Map<String, Tensor> named(StringTensorDict dict) {
        StringVector keys = dict.keys();
        TensorVector values = dict.values();
        Map<String, Tensor> named = new LinkedHashMap<>();
        for (long i = 0; i < dict.size(); i++) {
            named.put(keys.get(i).getString(), new Tensor(values.get(i)));
        }
        return named;
    }
}
