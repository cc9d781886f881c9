package io.redrl.data;

import io.redrl.base.Checks;
import io.redrl.base.OneLine;
import io.redrl.base.RedrlException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Header of a NumPy array as {@code numpy.save} writes it (format 1.0 to 3.0), after which its elements follow.
 *
 * @param kind {@code u}, {@code i}, {@code f}, {@code b} (boolean), {@code U} or {@code S} (text)
 * @param bytes of an element; of text four for each of its characters, of {@code S} one
 * @param order of an element's bytes
 * @param fortran whether the first index runs fastest
 * @param shape as NumPy shows it; empty for a single number
 */
record NumpyArray(char kind, int bytes, ByteOrder order, boolean fortran, List<Integer> shape) {
    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([<>|=]?)([a-zA-Z])(\\d*)'");
    private static final Pattern FORTRAN = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([^)]*)\\)");
    private static final int LONGEST_HEADER = 1 << 20;
    private static final long MOST_BYTES = 1L << 30;

    /** What every such file begins with. */
    static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    /** Copies the list. */
    NumpyArray {
        shape = List.copyOf(shape);
    }

    /**
     * Reads a header and leaves the stream where the elements begin.
     *
     * @param name names the array in messages
     */
    static NumpyArray header(InputStream in, String name) throws IOException {
        byte[] start = in.readNBytes(8);
        boolean magic = start.length == 8 && java.util.Arrays.equals(start, 0, 6, MAGIC, 0, 6);
        Checks.require(magic && start[6] >= 1 && start[6] <= 3, "%s is not a NumPy array, or cut short", name);
        byte[] size = exactly(in, start[6] == 1 ? 2 : 4, name);
        ByteBuffer length = ByteBuffer.wrap(size).order(ByteOrder.LITTLE_ENDIAN);
        int bytes = size.length == 2 ? length.getShort() & 0xffff : length.getInt();
        Checks.require(bytes >= 0 && bytes <= LONGEST_HEADER, "%s is damaged: its header claims %d bytes", name, bytes);
        return parsed(new String(exactly(in, bytes, name), StandardCharsets.UTF_8), name);
    }

    private static NumpyArray parsed(String text, String name) {
        Matcher descr = DESCR.matcher(text);
        Matcher fortran = FORTRAN.matcher(text);
        Matcher shape = SHAPE.matcher(text);
        Checks.require(
                fortran.find() && shape.find() && text.contains("'descr'"),
                "%s is damaged: its header is %s",
                name,
                OneLine.of(text));
        Checks.require(
                descr.find(), "%s has elements of several fields; expected plain numbers, uint8 or float32", name);
        char kind = descr.group(2).charAt(0);
        Checks.require(
                kind != 'O',
                "%s holds Python objects, which are not read, for reading them would run code: save it with a plain type,"
                        + " as with array.astype('uint8')",
                name);
        int width = descr.group(3).isEmpty() ? 1 : Integer.parseInt(descr.group(3));
        List<Integer> sizes = new ArrayList<>();
        long elements = 1;
        for (String size : shape.group(1).split(",", -1)) {
            if (!size.isBlank()) {
                Checks.require(
                        size.strip().matches("\\d{1,9}"), "%s is damaged: its shape is (%s)", name, shape.group(1));
                sizes.add(Integer.parseInt(size.strip()));
                elements = Math.min(Long.MAX_VALUE >> 32, elements * sizes.get(sizes.size() - 1));
            }
        }
        return new NumpyArray(
                kind,
                kind == 'U' ? 4 * width : width,
                descr.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
                fortran.group(1).equals("True"),
                sizes);
    }

    /** Its type as NumPy calls it. */
    String type() {
        return switch (kind) {
            case 'u' -> "uint" + 8 * bytes;
            case 'i' -> "int" + 8 * bytes;
            case 'f' -> "float" + 8 * bytes;
            case 'b' -> "bool";
            case 'U', 'S' -> "text";
            case 'c' -> "complex" + 8 * bytes;
            default -> "of kind '" + kind + "'";
        };
    }

    /** Its shape as NumPy shows it. */
    String shapeText() {
        return shape.stream()
                .map(String::valueOf)
                .collect(Collectors.joining(", ", "(", shape.size() == 1 ? ",)" : ")"));
    }

    /** How many elements it has. */
    long elements() {
        long product = 1;
        for (int size : shape) {
            product = size == 0 ? 0 : Math.min(Long.MAX_VALUE >> 32, product * size);
        }
        return product;
    }

    boolean isInteger() {
        return kind == 'u' || kind == 'i';
    }

    boolean isText() {
        return kind == 'U' || kind == 'S';
    }

    /**
     * Reads all elements' bytes.
     *
     * @param in where the elements begin
     */
    byte[] content(InputStream in, String name) throws IOException {
        long size = elements() * bytes;
        Checks.require(
                size <= MOST_BYTES, "%s has %d bytes, more than the %d that are read at once", name, size, MOST_BYTES);
        return exactly(in, (int) size, name);
    }

    static byte[] exactly(InputStream in, int count, String name) throws IOException {
        byte[] content;
        try {
            content = in.readNBytes(count);
        } catch (EOFException e) {
            throw new RedrlException(name + " ends too early", e);
        }
        Checks.require(
                content.length == count, "%s ends too early: %d bytes are missing", name, count - content.length);
        return content;
    }

    /** A number among some elements' bytes. */
    double number(ByteBuffer content, int element) {
        int at = element * bytes;
        return switch (kind) {
            case 'f' ->
                bytes == 8 ? content.getDouble(at) : bytes == 4 ? content.getFloat(at) : half(content.getShort(at));
            case 'u' ->
                switch (bytes) {
                    case 1 -> content.get(at) & 0xff;
                    case 2 -> content.getShort(at) & 0xffff;
                    case 4 -> content.getInt(at) & 0xffffffffL;
                    default -> content.getLong(at);
                };
            case 'i' ->
                switch (bytes) {
                    case 1 -> content.get(at);
                    case 2 -> content.getShort(at);
                    case 4 -> content.getInt(at);
                    default -> content.getLong(at);
                };
            default -> content.get(at);
        };
    }

    /** IEEE 754 binary16. */
    private static double half(short bits) {
        int exponent = (bits >> 10) & 0x1f;
        int fraction = bits & 0x3ff;
        double size = exponent == 0
                ? Math.scalb((double) fraction, -24)
                : exponent == 31
                        ? fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN
                        : Math.scalb(1024.0 + fraction, exponent - 25);
        return bits < 0 ? -size : size;
    }

    /** Texts, which have trailing zeros where they are shorter than the longest. */
    List<String> texts(byte[] content) {
        List<String> texts = new ArrayList<>();
        ByteBuffer values = ByteBuffer.wrap(content).order(order);
        for (int at = 0; at < content.length; at += bytes) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < bytes; i += kind == 'U' ? 4 : 1) {
                int code = kind == 'U' ? values.getInt(at + i) : content[at + i] & 0xff;
                if (code != 0 && Character.isValidCodePoint(code)) {
                    text.appendCodePoint(code);
                }
            }
            texts.add(text.toString());
        }
        return texts;
    }
}
