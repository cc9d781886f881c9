package io.redrl.adversarial;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * NumPy's archive of arrays: a zip of {@code .npy} files, format version 1.0. The same arrays give the same bytes.
 *
 * <p>Source: NumPy, <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">numpy.lib.format</a>.
 */
final class NpzWriter implements Closeable {
    /** The earliest time that a zip can hold: a constant. */
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private static final Charset UTF_32 = Charset.forName("UTF-32LE");

    private final ZipOutputStream zip;

    NpzWriter(OutputStream out) {
        zip = new ZipOutputStream(out);
        zip.setLevel(Deflater.BEST_SPEED);
    }

    /** Gives the bytes of one item along the first axis. */
    @FunctionalInterface
    interface Item {
        byte[] bytes(int i);
    }

    /**
     * Writes an array.
     *
     * @param name its key in the archive
     * @param type NumPy's {@code descr}, such as {@code <f4}
     * @param item the little-endian, row-major bytes of each item along the first axis
     * @param shape the sizes, at least one
     */
    void array(String name, String type, Item item, int... shape) throws IOException {
        ZipEntry entry = new ZipEntry(name + ".npy");
        entry.setTimeLocal(NO_TIME);
        zip.putNextEntry(entry);
        zip.write(header(type, shape));
        for (int i = 0; i < shape[0]; i++) {
            zip.write(item.bytes(i));
        }
        zip.closeEntry();
    }

    /** Writes int64 values. */
    void longs(String name, long[] values) throws IOException {
        array(name, "<i8", i -> buffer(Long.BYTES).putLong(values[i]).array(), values.length);
    }

    /** Writes float64 values. */
    void doubles(String name, double[] values) throws IOException {
        array(name, "<f8", i -> buffer(Double.BYTES).putDouble(values[i]).array(), values.length);
    }

    /** Writes truth values. */
    void booleans(String name, List<Boolean> values) throws IOException {
        array(name, "|b1", i -> new byte[] {(byte) (values.get(i) ? 1 : 0)}, values.size());
    }

    /** Writes text as NumPy's unicode of the width of the longest. */
    void strings(String name, List<String> values) throws IOException {
        int width = values.stream()
                .mapToInt(text -> text.codePointCount(0, text.length()))
                .max()
                .orElse(0);
        int positive = Math.max(1, width);
        array(
                name,
                "<U" + positive,
                i -> Arrays.copyOf(values.get(i).getBytes(UTF_32), positive * Integer.BYTES),
                values.size());
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Magic, version, length, and a Python literal padded with spaces so that the data begin at a multiple of 64. */
    private static byte[] header(String type, int[] shape) {
        String sizes = Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining(", "));
        String tuple = "(" + sizes + (shape.length == 1 ? ",)" : ")");
        String literal = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + tuple + ", }";
        int prefix = 10;
        int total = (prefix + literal.length() + 1 + 63) / 64 * 64;
        String padded = literal + " ".repeat(total - prefix - literal.length() - 1) + "\n";
        return buffer(total)
                .put((byte) 0x93)
                .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) padded.length())
                .put(padded.getBytes(StandardCharsets.US_ASCII))
                .array();
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
