package io.redrl.tensor;

import io.redrl.base.Checks;
import io.redrl.base.OneLine;
import io.redrl.base.RedrlException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * A PyTorch state dict ({@code .pth}, written by {@code torch.save}), read by a strict reader of pickles: it knows tensors, ordered
 * and plain dictionaries, tuples, lists, numbers and text, and refuses all else by its name. Nothing in the file is executed.
 *
 * <p>A storage has exactly the bytes that its pickle says, and a tensor lies inside its storage, so memory is bounded by the file's
 * size.
 */
public final class PickledWeights {
    private static final long LONGEST_PICKLE = 64 << 20;
    private static final int MOST_DIMENSIONS = 32;
    private static final int COPY_BYTES = 1 << 20;
    private static final Map<String, ScalarType> STORAGES = Map.of(
            "FloatStorage", ScalarType.Float,
            "DoubleStorage", ScalarType.Double,
            "HalfStorage", ScalarType.Half,
            "BFloat16Storage", ScalarType.BFloat16,
            "LongStorage", ScalarType.Long,
            "IntStorage", ScalarType.Int,
            "ByteStorage", ScalarType.Byte);

    private final Path file;
    private final ZipFile zip;
    private final String root;
    private final ByteBuffer in;
    private final List<@Nullable Object> stack = new ArrayList<>();
    private final Deque<Integer> marks = new ArrayDeque<>();
    private final Map<Integer, Object> memo = new HashMap<>();
    private final Map<String, Tensor> storages = new HashMap<>();

    private PickledWeights(Path file, ZipFile zip, String root, byte[] pickle) {
        this.file = file;
        this.zip = zip;
        this.root = root;
        this.in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A name such as {@code torch._utils._rebuild_tensor_v2}. */
    private record Name(String full) {}

    /** A storage that was not read yet. */
    private record Storage(ScalarType type, String key, long length) {}

    /**
     * Reads every tensor of a state dict; of a checkpoint the one under {@code state_dict}, {@code model} or the like.
     *
     * @return contiguous CPU tensors that own their memory, by name, in the caller's scope
     * @throws RedrlException if the file is cut or of another kind, or holds anything but tensors
     */
    public static Map<String, Tensor> read(Path file) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            ZipEntry entry = Collections.list(zip.entries()).stream()
                    .filter(each -> each.getName().matches("[^/]+/data\\.pkl"))
                    .findFirst()
                    .orElseThrow(() -> new RedrlException(file + " is a zip archive, but none of torch.save"));
            Checks.require(entry.getSize() <= LONGEST_PICKLE, "%s: its pickle is too long for one of weights", file);
            byte[] pickle;
            try (InputStream stream = zip.getInputStream(entry)) {
                pickle = stream.readNBytes((int) LONGEST_PICKLE);
            }
            String root = entry.getName().substring(0, entry.getName().indexOf('/') + 1);
            return Scopes.valued(() -> {
                PickledWeights reader = new PickledWeights(file, zip, root, pickle);
                Map<String, Tensor> own = new LinkedHashMap<>();
                reader.tensors(reader.value()).forEach((name, tensor) -> own.put(name, Scopes.owned(tensor)));
                return own;
            });
        } catch (java.util.zip.ZipException e) {
            throw new RedrlException(
                    file
                            + " is not a whole .pth file of PyTorch 1.6 or later (a zip archive). Fetch it again, or open it with"
                            + " PyTorch and torch.save its state_dict() anew",
                    e);
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + e, e);
        } catch (java.nio.BufferUnderflowException
                | IndexOutOfBoundsException
                | ClassCastException
                | ArithmeticException e) {
            throw new RedrlException(file + " is not a whole .pth file: its pickle is cut or altered", e);
        }
    }

    private Map<String, Tensor> tensors(@Nullable Object value) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((name, each) -> {
                if (name instanceof String text && each instanceof Tensor tensor) {
                    tensors.put(text, tensor);
                }
            });
            if (tensors.isEmpty()) {
                for (String key : List.of("state_dict", "model", "model_state_dict", "net", "weights")) {
                    if (map.get(key) instanceof Map<?, ?> inner && inner != map) {
                        inner.forEach((name, each) -> {
                            if (name instanceof String text && each instanceof Tensor tensor) {
                                tensors.put(text, tensor);
                            }
                        });
                        break;
                    }
                }
            }
        }
        Checks.require(!tensors.isEmpty(), "%s holds no tensors by name: it is no state dict", file);
        return tensors;
    }

    private @Nullable Object value() {
        while (true) {
            int op = in.get() & 0xff;
            switch (op) {
                case 0x80 -> in.get(); // protocol
                case '.' -> {
                    return pop();
                }
                case '(' -> marks.push(stack.size());
                case '}' -> push(new LinkedHashMap<Object, Object>());
                case ']' -> push(new ArrayList<Object>());
                case ')' -> push(List.of());
                case 'N' -> stack.add(null);
                case 0x88 -> push(true);
                case 0x89 -> push(false);
                case 'K' -> push((long) (in.get() & 0xff));
                case 'M' -> push((long) (in.getShort() & 0xffff));
                case 'J' -> push((long) in.getInt());
                case 'G' -> push(in.order(ByteOrder.BIG_ENDIAN).getDouble());
                case 0x8a -> push(number(in.get() & 0xff));
                case 'X' -> push(text(in.getInt()));
                case 0x8c -> push(text(in.get() & 0xff));
                case 'U' -> push(text(in.get() & 0xff));
                case 'q' -> memo.put(in.get() & 0xff, top());
                case 'r' -> memo.put(in.getInt(), top());
                case 'h' -> push(remembered(in.get() & 0xff));
                case 'j' -> push(remembered(in.getInt()));
                case 'c' -> push(new Name(line() + "." + line()));
                case 't' -> push(marked());
                case 0x85, 0x86, 0x87 -> push(last(op - 0x84));
                case 'e' -> {
                    List<Object> items = marked();
                    list(top()).addAll(items);
                }
                case 'a' -> {
                    Object item = pop();
                    list(top()).add(item);
                }
                case 'u' -> {
                    List<Object> items = marked();
                    for (int i = 0; i < items.size(); i += 2) {
                        map(top()).put(key(items.get(i)), items.get(i + 1));
                    }
                }
                case 's' -> {
                    Object value = pop();
                    Object key = key(pop());
                    map(top()).put(key, value);
                }
                case 'Q' -> push(storage(pop()));
                case 'R' -> {
                    Object arguments = pop();
                    push(called(pop(), list(arguments)));
                }
                case 'b' -> {
                    pop(); // an OrderedDict's _metadata: versions of layers
                    Checks.require(top() instanceof Map, "%s sets the state of what is no dictionary", file);
                }
                default ->
                    throw new RedrlException(String.format(
                            "%s: its pickle has the instruction 0x%02x, which files of weights have not. Nothing of it was run",
                            file, op));
            }
            in.order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    private Object called(@Nullable Object function, List<Object> arguments) {
        String name = function instanceof Name known ? known.full() : "no function";
        return switch (name) {
            case "collections.OrderedDict" -> {
                Checks.require(arguments.isEmpty(), "%s: an OrderedDict with arguments is not read here", file);
                yield new LinkedHashMap<Object, Object>();
            }
            case "torch._utils._rebuild_tensor_v2" -> tensor(arguments);
            case "torch._utils._rebuild_parameter" -> (Tensor) arguments.get(0);
            default -> throw foreign(name);
        };
    }

    private RedrlException foreign(String name) {
        return new RedrlException(file + " holds " + OneLine.of(name)
                + ", and only tensors in dictionaries are read here: Python code in such files is never run. Save the"
                + " state_dict() alone, or as safetensors");
    }

    private Object storage(@Nullable Object id) {
        List<Object> parts = list(id);
        Checks.require(
                parts.size() >= 5 && "storage".equals(parts.get(0)),
                "%s: what is kept outside its pickle is no storage",
                file);
        String name = parts.get(1) instanceof Name known ? known.full() : "";
        ScalarType type = name.startsWith("torch.") ? STORAGES.get(name.substring("torch.".length())) : null;
        if (type == null) {
            throw foreign(name);
        }
        return new Storage(type, (String) parts.get(2), (Long) parts.get(4));
    }

    private Tensor tensor(List<Object> arguments) {
        Storage storage = (Storage) arguments.get(0);
        long offset = (Long) arguments.get(1);
        long[] sizes = longs(arguments.get(2));
        long[] strides = longs(arguments.get(3));
        boolean sound = sizes.length == strides.length && sizes.length <= MOST_DIMENSIONS && offset >= 0;
        long values = 1;
        long last = offset;
        for (int i = 0; sound && i < sizes.length; i++) {
            sound = sizes[i] >= 0 && strides[i] >= 0;
            values = Math.multiplyExact(values, sizes[i]);
            last = Math.addExact(last, Math.multiplyExact(Math.max(sizes[i] - 1, 0), strides[i]));
        }
        // A tensor of more values than its storage has would be an expanded one, which no weights are.
        sound = sound && values <= storage.length() && (values == 0 || last < storage.length());
        Checks.require(sound, "%s: a tensor reaches beyond its storage %s", file, OneLine.of(storage.key()));
        Tensor all = storages.computeIfAbsent(storage.key() + " " + storage.type(), key -> data(storage));
        return all.as_strided(sizes, strides, new org.bytedeco.pytorch.LongOptional(offset))
                .clone()
                .contiguous();
    }

    private Tensor data(Storage storage) {
        ZipEntry entry = zip.getEntry(root + "data/" + storage.key());
        long width = torch.elementSize(storage.type());
        long bytes = Math.multiplyExact(storage.length(), width);
        Checks.require(
                entry != null && entry.getSize() == bytes,
                "%s: its storage %s is missing or has not the %s bytes that it should have",
                file,
                OneLine.of(storage.key()),
                bytes);
        Tensor tensor = torch.empty(
                new long[] {storage.length()},
                new TensorOptions(storage.type()),
                new org.bytedeco.pytorch.MemoryFormatOptional());
        BytePointer data = new BytePointer(tensor.data_ptr());
        byte[] chunk = new byte[COPY_BYTES];
        try (InputStream stream = zip.getInputStream(entry)) {
            for (long at = 0; at < bytes; ) {
                int count = stream.readNBytes(chunk, 0, (int) Math.min(chunk.length, bytes - at));
                Checks.require(count > 0, "%s: its storage %s is cut short", file, storage.key());
                data.position(at).put(chunk, 0, count);
                at += count;
            }
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + e, e);
        }
        return tensor;
    }

    private static long[] longs(@Nullable Object value) {
        return list(value).stream().mapToLong(each -> (Long) each).toArray();
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return (List<Object>) list;
        }
        throw new ClassCastException("no list");
    }

    @SuppressWarnings("unchecked")
    private static Map<Object, Object> map(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<Object, Object>) map;
        }
        throw new ClassCastException("no dictionary");
    }

    /** Keys are text or numbers: others could be dictionaries that hold themselves. */
    private static Object key(@Nullable Object key) {
        if (key instanceof String || key instanceof Long) {
            return key;
        }
        throw new ClassCastException("no key");
    }

    private void push(Object value) {
        stack.add(value);
    }

    private @Nullable Object pop() {
        return stack.remove(stack.size() - 1);
    }

    private Object top() {
        Object top = stack.get(stack.size() - 1);
        if (top == null) {
            throw new ClassCastException("nothing");
        }
        return top;
    }

    private List<Object> marked() {
        Integer mark = marks.poll();
        if (mark == null) {
            throw new IndexOutOfBoundsException("no mark");
        }
        return last(stack.size() - mark);
    }

    @SuppressWarnings("NullAway") // None may stand in a list
    private List<Object> last(int count) {
        List<@Nullable Object> tail = stack.subList(stack.size() - count, stack.size());
        List<Object> items = new ArrayList<>(tail);
        tail.clear();
        return items;
    }

    private Object remembered(int place) {
        Object value = memo.get(place);
        if (value == null) {
            throw new IndexOutOfBoundsException("nothing remembered");
        }
        return value;
    }

    private long number(int bytes) {
        Checks.require(bytes <= 8, "%s: its pickle has a number of %d bytes", file, bytes);
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            byte next = in.get();
            value |= (i == bytes - 1 ? (long) next : next & 0xffL) << (8 * i);
        }
        return value;
    }

    private String text(int length) {
        if (length < 0 || length > in.remaining()) {
            throw new IndexOutOfBoundsException("text");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private String line() {
        StringBuilder line = new StringBuilder();
        for (char c = (char) in.get(); c != '\n'; c = (char) in.get()) {
            line.append(c);
        }
        return line.toString();
    }
}
