package io.redrl.cli;

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

/** NumPy's files as {@code numpy.save} and {@code numpy.savez} write them, for commands to read. */
final class MadeArrays {
    private MadeArrays() {}

    /**
     * An array of unsigned bytes.
     *
     * @param shape such as {@code 2, 3, 4, 4}
     */
    static byte[] bytes(String shape, byte[] content) {
        return array("|u1", shape, content);
    }

    /** An array of 64-bit whole numbers, as labels are. */
    static byte[] longs(long... values) {
        ByteBuffer content = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            content.putLong(value);
        }
        return array("<i8", values.length + ",", content.array());
    }

    private static byte[] array(String type, String shape, byte[] content) {
        String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
        header += " ".repeat(63 - (10 + header.length()) % 64) + "\n";
        return ByteBuffer.allocate(10 + header.length() + content.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
                .putShort((short) header.length())
                .put(header.getBytes(StandardCharsets.US_ASCII))
                .put(content)
                .array();
    }

    /** An {@code .npz} file. */
    static void npz(Path file, Map<String, byte[]> arrays) {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
                zip.putNextEntry(new ZipEntry(array.getKey() + ".npy"));
                zip.write(array.getValue());
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
