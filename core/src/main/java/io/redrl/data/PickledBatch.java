package io.redrl.data;

import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * A batch of CIFAR-10 as Python's {@code pickle} wrote it, with Python 2 (as in the official archive) or 3: a dictionary with
 * {@code data}, an array of bytes with one image in each row, and {@code labels}, a list of whole numbers.
 *
 * <p>Pickles are programs. Of their instructions those are obeyed that build dictionaries, lists, tuples, texts and numbers, and of all
 * the calls that they can ask for only NumPy's for an array are understood, as a note of what the array is: nothing is ever called.
 */
final class PickledBatch {
    /** Labels of a batch are on the stack together. */
    private static final int MOST_DEPTH = 100_000;

    /** Something of Python that is known by its name. */
    private record Named(String name) {}

    /** An array whose content comes later. */
    private static final class Rows {
        private byte[] content = new byte[0];
    }

    private final ByteBuffer in;
    private final String name;
    private final Deque<Object> stack = new ArrayDeque<>();
    private final Deque<Integer> marks = new ArrayDeque<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    private PickledBatch(byte[] pickle, String name) {
        this.in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
        this.name = name;
    }

    /**
     * What a batch holds.
     *
     * @param pixels of all images, one after the other, each plane by plane
     * @param labels one for each
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Batch(byte[] pixels, byte[] labels) {}

    /**
     * Reads a batch.
     *
     * @param name names it in messages
     * @throws RedrlException if it is something else, or asks for anything to be called
     */
    static Batch read(byte[] pickle, String name) {
        Object value;
        try {
            value = new PickledBatch(pickle, name).run();
        } catch (BufferUnderflowException | NoSuchElementException | ClassCastException | IllegalArgumentException e) {
            throw new RedrlException(name + " is damaged or no batch of CIFAR-10", e);
        }
        if (!(value instanceof Map<?, ?> batch)
                || !(batch.get("data") instanceof Rows rows)
                || !(batch.get("labels") instanceof List<?> numbers)) {
            throw new RedrlException(
                    name
                            + " is no batch of CIFAR-10: expected a dictionary with data, an array of bytes, and labels, a list");
        }
        byte[] labels = new byte[numbers.size()];
        for (int i = 0; i < labels.length; i++) {
            int label = numbers.get(i) instanceof Integer number ? number : -1;
            Checks.require(label >= 0 && label < 10, "%s has label %s, expected 0 to 9", name, numbers.get(i));
            labels[i] = (byte) label;
        }
        return new Batch(rows.content, labels);
    }

    private Object run() {
        while (true) {
            int code = in.get() & 0xff;
            switch (code) {
                case 0x80 -> in.get(); // protocol
                case 0x95 -> in.getLong(); // length of a frame
                case '.' -> {
                    return stack.pop();
                }
                case '(' -> marks.push(stack.size());
                case '}' -> stack.push(new HashMap<>());
                case ']' -> stack.push(new ArrayList<>());
                case ')' -> stack.push(List.of());
                case 'N' -> stack.push("None");
                case 0x88 -> stack.push(true);
                case 0x89 -> stack.push(false);
                case 'K' -> stack.push(in.get() & 0xff);
                case 'M' -> stack.push(in.getShort() & 0xffff);
                case 'J' -> stack.push(in.getInt());
                case 'U', 'C' -> stack.push(bytes(in.get() & 0xff));
                case 'T', 'B' -> stack.push(bytes(in.getInt()));
                case 0x8e -> stack.push(bytes(Math.toIntExact(Math.min(in.getLong(), Integer.MAX_VALUE))));
                case 'X' -> stack.push(text(in.getInt()));
                case 0x8c -> stack.push(text(in.get() & 0xff));
                case 'I' -> number(line());
                case 'q' -> memo.put(in.get() & 0xff, stack.element());
                case 'r' -> memo.put(in.getInt(), stack.element());
                case 0x94 -> memo.put(memo.size(), stack.element());
                case 'h' -> stack.push(known(in.get() & 0xff));
                case 'j' -> stack.push(known(in.getInt()));
                case 'c' -> stack.push(new Named(line() + "." + line()));
                case 0x93 -> {
                    String attribute = string(stack.pop());
                    stack.push(new Named(string(stack.pop()) + "." + attribute));
                }
                case 0x85, 0x86, 0x87 -> stack.push(last(code - 0x84));
                case 't' -> stack.push(marked());
                case 'a' -> {
                    Object item = stack.pop();
                    list().add(item);
                }
                case 'e' -> {
                    List<Object> items = marked();
                    list().addAll(items);
                }
                case 's' -> put(last(2));
                case 'u' -> put(marked());
                case 'R' -> {
                    List<?> arguments = (List<?>) stack.pop();
                    stack.push(called(((Named) stack.pop()).name(), arguments));
                }
                case 'b' -> {
                    Object state = stack.pop();
                    if (stack.element() instanceof Rows rows) {
                        rows.content = content((List<?>) state);
                    }
                }
                default ->
                    throw new RedrlException(String.format(
                            "%s is no batch of CIFAR-10: it has the instruction 0x%02x at byte %d, which none needs",
                            name, code, in.position() - 1));
            }
            Checks.require(stack.size() <= MOST_DEPTH, "%s is no batch of CIFAR-10: it is too deep", name);
        }
    }

    private byte[] bytes(int length) {
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private String text(int length) {
        return new String(bytes(length), StandardCharsets.UTF_8);
    }

    private String line() {
        StringBuilder line = new StringBuilder();
        for (int c = in.get(); c != '\n'; c = in.get()) {
            line.append((char) c);
        }
        return line.toString();
    }

    /** Python 2 writes texts as bytes. */
    private static String string(Object value) {
        return value instanceof byte[] bytes ? new String(bytes, StandardCharsets.ISO_8859_1) : (String) value;
    }

    private void number(String text) {
        stack.push(text.equals("01") ? (Object) true : text.equals("00") ? (Object) false : Integer.valueOf(text));
    }

    private Object known(int place) {
        Object value = memo.get(place);
        if (value == null) {
            throw new NoSuchElementException();
        }
        return value;
    }

    private List<Object> last(int count) {
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.add(0, stack.pop());
        }
        return items;
    }

    private List<Object> marked() {
        int count = stack.size() - marks.pop();
        Object[] items = new Object[Math.max(0, count)];
        for (int i = items.length - 1; i >= 0; i--) {
            items[i] = stack.pop();
        }
        return new ArrayList<>(Arrays.asList(items));
    }

    @SuppressWarnings("unchecked") // lists on the stack are made here
    private List<Object> list() {
        return (List<Object>) stack.element();
    }

    @SuppressWarnings("unchecked") // dictionaries on the stack are made here
    private void put(List<Object> pairs) {
        Map<Object, Object> map = (Map<Object, Object>) stack.element();
        for (int i = 0; i + 1 < pairs.size(); i += 2) {
            map.put(string(pairs.get(i)), pairs.get(i + 1));
        }
    }

    private Object called(String function, List<?> arguments) {
        boolean numpy = function.startsWith("numpy.");
        if (numpy && function.endsWith(".multiarray._reconstruct")) {
            return new Rows();
        }
        if (numpy && function.endsWith(".numeric._frombuffer") && arguments.size() == 4) {
            Rows rows = new Rows();
            rows.content = content(Arrays.asList(
                    1, arguments.get(2), arguments.get(1), !"C".equals(arguments.get(3)), arguments.get(0)));
            return rows;
        }
        if (function.equals("numpy.dtype")) {
            return new Named("dtype " + string(arguments.get(0)));
        }
        if (function.equals("_codecs.encode")) {
            return string(arguments.get(0)).getBytes(StandardCharsets.ISO_8859_1);
        }
        throw new RedrlException(name + " is no batch of CIFAR-10: it asks for " + function
                + " to be called, which is never done, for it could be anything");
    }

    /** From the state of an array: a version, its shape, its type, whether its columns come first, and its bytes. */
    private byte[] content(List<?> state) {
        boolean bytes = state.get(2) instanceof Named type && type.name().equals("dtype u1");
        boolean rows = state.get(1) instanceof List<?> shape && shape.size() == 2;
        Checks.require(
                bytes && rows && Boolean.FALSE.equals(state.get(3)),
                "%s is no batch of CIFAR-10: its data are no rows of bytes",
                name);
        return (byte[]) state.get(4);
    }
}
