package io.redrl.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** NumPy's files as {@code numpy.save} and {@code numpy.savez} write them. */
public final class NumpyFiles {
    private NumpyFiles() {}

    /**
     * An array.
     *
     * @param type such as {@code |u1} and {@code <f4}
     * @param shape such as {@code 2, 3, 4, 4}
     * @param content of all elements
     */
    public static byte[] array(String type, boolean fortran, String shape, byte[] content) {
        String header = "{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': ("
                + shape + (shape.contains(",") || shape.isEmpty() ? "" : ",") + "), }";
        header += " ".repeat(63 - (10 + header.length()) % 64) + "\n";
        return ByteBuffer.allocate(10 + header.length() + content.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
                .putShort((short) header.length())
                .put(header.getBytes(StandardCharsets.US_ASCII))
                .put(content)
                .array();
    }

    /** Of unsigned bytes. */
    public static byte[] bytes(String shape, byte[] content) {
        return array("|u1", false, shape, content);
    }

    /** Of 64-bit whole numbers, as labels are. */
    public static byte[] longs(String shape, long... values) {
        ByteBuffer content = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            content.putLong(value);
        }
        return array("<i8", false, shape, content.array());
    }

    /** Of 32-bit floats. */
    public static byte[] floats(String shape, float... values) {
        ByteBuffer content = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            content.putFloat(value);
        }
        return array("<f4", false, shape, content.array());
    }

    /** Of texts, four bytes for each of their {@code length} characters. */
    public static byte[] texts(int length, String... values) {
        ByteBuffer content = ByteBuffer.allocate(4 * length * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (String value : values) {
            for (int i = 0; i < length; i++) {
                content.putInt(i < value.length() ? value.charAt(i) : 0);
            }
        }
        return array("<U" + length, false, Integer.toString(values.length), content.array());
    }

    /** An {@code .npz} file. */
    public static Path npz(Path file, Map<String, byte[]> arrays) {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
                zip.putNextEntry(new ZipEntry(array.getKey() + ".npy"));
                zip.write(array.getValue());
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }
}
