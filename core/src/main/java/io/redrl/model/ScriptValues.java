package io.redrl.model;

import io.redrl.base.OneLine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.GenericDict;
import org.bytedeco.pytorch.GenericDictIterator;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What TorchScript modules return, and what they say when they fail. */
final class ScriptValues {
    private static final Pattern ERROR = Pattern.compile("(?m)^(?:[A-Za-z.]*(?:Error|Exception)): (.*)$");
    private static final Map<ScalarType, String> TYPES = Map.of(
            ScalarType.Float, "float32",
            ScalarType.Double, "float64",
            ScalarType.Half, "float16",
            ScalarType.BFloat16, "bfloat16",
            ScalarType.Long, "int64",
            ScalarType.Int, "int32",
            ScalarType.Bool, "bool",
            ScalarType.Byte, "uint8");

    private ScriptValues() {}

    /**
     * A tensor in what a module returned.
     *
     * @param path keys and numbers that lead to it
     */
    record Leaf(List<String> path, Tensor tensor) {
        /** Such as {@code logits [3, 10]}. */
        String text() {
            return path.isEmpty() ? type() : String.join(".", path) + ": " + type();
        }

        /** Such as {@code float32 [3, 10]}. */
        String type() {
            return name(tensor.scalar_type().intern()) + " " + Arrays.toString(tensor.shape());
        }
    }

    /** {@code float32} for Float, and so on. */
    static String name(ScalarType type) {
        return TYPES.getOrDefault(type, type.toString().toLowerCase(Locale.ROOT));
    }

    /** The tensors in tuples, lists and dictionaries, in their order; in the caller's scope. */
    static List<Leaf> leaves(IValue value) {
        List<Leaf> leaves = new ArrayList<>();
        collect(value, List.of(), leaves);
        return leaves;
    }

    private static void collect(IValue value, List<String> path, List<Leaf> leaves) {
        if (value.isTensor()) {
            leaves.add(new Leaf(path, new Tensor(value.toTensor())));
            return;
        }
        List<String> keys = keys(value);
        for (String key : keys) {
            List<String> longer = new ArrayList<>(path);
            longer.add(key);
            collect(child(value, key), List.copyOf(longer), leaves);
        }
    }

    private static List<String> keys(IValue value) {
        List<String> keys = new ArrayList<>();
        if (value.isGenericDict()) {
            GenericDict dict = value.toGenericDict();
            GenericDictIterator end = dict.end();
            for (GenericDictIterator at = dict.begin(); at.notEquals(end); at.increment()) {
                IValue key = at.access().key();
                keys.add(key.isString() ? key.toStringRef().getString() : Long.toString(key.toInt()));
            }
        } else if (value.isTuple() || value.isList()) {
            long size = elements(value).size();
            for (long i = 0; i < size; i++) {
                keys.add(Long.toString(i));
            }
        }
        return keys;
    }

    private static IValue child(IValue value, String key) {
        if (!value.isGenericDict()) {
            return elements(value).get(Long.parseLong(key));
        }
        GenericDict dict = value.toGenericDict();
        IValue text = new IValue(key);
        return dict.begin().access().key().isString() ? dict.at(text) : dict.at(new IValue(Long.parseLong(key)));
    }

    private static IValueVector elements(IValue value) {
        return value.isTuple()
                ? value.toTuple().elements().vec()
                : new IValueVector(value.toListRef().vec());
    }

    /** The tensor to which a path leads; in the caller's scope. */
    static Tensor tensor(IValue value, List<String> path) {
        IValue at = value;
        for (String key : path) {
            at = child(at, key);
        }
        // toTensor gives a reference into the IValue; the copy of the handle outlives it.
        return new Tensor(at.toTensor());
    }

    /** All outputs in one line. */
    static String text(List<Leaf> leaves) {
        return leaves.stream().map(Leaf::text).collect(Collectors.joining(", "));
    }

    /** What LibTorch's error says, without its trace of C++ and serialised code. */
    static String said(RuntimeException error) {
        String message = String.valueOf(error.getMessage());
        Matcher matcher = ERROR.matcher(message);
        String last =
                message.lines().filter(line -> !line.isBlank()).findFirst().orElse("nothing");
        while (matcher.find()) {
            last = matcher.group(1);
        }
        return OneLine.of(last);
    }
}
