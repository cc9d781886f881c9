package io.redrl.tensor;

import io.redrl.base.Checks;
import io.redrl.base.OneLine;
import io.redrl.base.RedrlException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * A strict reader of pickles of weights: it knows tensors, ordered and plain dictionaries, tuples, lists, numbers and text, and refuses
 * all else by its name. Nothing in them is executed. Damage shows as one of the exceptions that {@link #isDamage} knows.
 */
final class Pickle {
    private static final Map<String, ScalarType> STORAGES = Map.of(
            "FloatStorage", ScalarType.Float,
            "DoubleStorage", ScalarType.Double,
            "HalfStorage", ScalarType.Half,
            "BFloat16Storage", ScalarType.BFloat16,
            "LongStorage", ScalarType.Long,
            "IntStorage", ScalarType.Int,
            "ByteStorage", ScalarType.Byte);

    private final Path file;
    private final ByteBuffer in;
    private final List<@Nullable Object> stack = new ArrayList<>();
    private final Deque<Integer> marks = new ArrayDeque<>();
    private final Map<Integer, Object> memo = new HashMap<>();
    private final Map<String, Storage> storages = new HashMap<>();

    /**
     * A reader of one pickle.
     *
     * @param file names it in messages
     * @param in from here on; afterwards behind the pickle
     */
    Pickle(Path file, ByteBuffer in) {
        this.file = file;
        this.in = in.order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A name such as {@code torch._utils._rebuild_tensor_v2}. */
    private record Name(String full) {}

    /** A storage that was not read yet. */
    record Storage(ScalarType type, String key, long length) {}

    /** A tensor that was not made yet. */
    @SuppressWarnings("ArrayRecordComponent")
    record Described(Storage storage, long offset, long[] sizes, long[] strides) {}

    /** Whether this is how reading a pickle that is cut or altered ends. */
    static boolean isDamage(RuntimeException e) {
        return e instanceof java.nio.BufferUnderflowException
                || e instanceof IndexOutOfBoundsException
                || e instanceof ClassCastException
                || e instanceof ArithmeticException;
    }

    /** The storages that it named, by their keys. */
    Map<String, Storage> storages() {
        return storages;
    }

    /** What the pickle holds: {@link Map}, {@link List}, {@link Described}, Long, Double, Boolean, String or null. */
    @Nullable
    Object value() {
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
            case "torch._utils._rebuild_tensor_v2" ->
                new Described(
                        (Storage) arguments.get(0),
                        (Long) arguments.get(1),
                        longs(arguments.get(2)),
                        longs(arguments.get(3)));
            case "torch._utils._rebuild_parameter" -> (Described) arguments.get(0);
            default -> throw foreign(name);
        };
    }

    private RedrlException foreign(String name) {
        return new RedrlException(file + " holds " + OneLine.of(name)
                + ", and only tensors in dictionaries are read here: Python code in such files is never run. Save the"
                + " state_dict() alone, or as safetensors");
    }

    private Storage storage(@Nullable Object id) {
        List<Object> parts = list(id);
        Checks.require(
                parts.size() >= 5 && "storage".equals(parts.get(0)),
                "%s: what is kept outside its pickle is no storage",
                file);
        Checks.require(
                parts.size() < 6 || parts.get(5) == null,
                "%s: it was written by a PyTorch from before 0.4, and is not read here. Save its state_dict() anew",
                file);
        String name = parts.get(1) instanceof Name known ? known.full() : "";
        ScalarType type = name.startsWith("torch.") ? STORAGES.get(name.substring("torch.".length())) : null;
        if (type == null) {
            throw foreign(name);
        }
        Storage storage = new Storage(type, (String) parts.get(2), (Long) parts.get(4));
        storages.put(storage.key(), storage);
        return storage;
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
