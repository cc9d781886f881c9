package io.redrl.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** NumPy's archive of named arrays, read by the rules of its format description and nothing laxer. */
public record Npz(Map<String, Npz.Array> arrays) {
    private static final Pattern HEADER =
            Pattern.compile("\\{'descr': '([^']+)', 'fortran_order': False, 'shape': \\(([0-9, ]*)\\), \\} *\\n");

    /** Reads a whole archive. */
    public static Npz read(Path file) throws IOException {
        Map<String, Array> arrays = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                assertThat(entry.getName()).endsWith(".npy");
                arrays.put(
                        entry.getName().replace(".npy", ""),
                        Array.parse(zip.getInputStream(entry).readAllBytes()));
            }
        }
        return new Npz(arrays);
    }

    /** An array that must be there. */
    public Array array(String name) {
        return Objects.requireNonNull(arrays.get(name), name);
    }

    /**
     * An array of version 1.0, little-endian, in C order.
     *
     * @param type NumPy's name of the element type, such as {@code <f4}
     * @param data the elements and nothing else
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Array(String type, long[] shape, ByteBuffer data) {
        static Array parse(byte[] bytes) {
            assertThat(bytes[0]).isEqualTo((byte) 0x93);
            assertThat(new String(bytes, 1, 5, StandardCharsets.US_ASCII)).isEqualTo("NUMPY");
            assertThat(new byte[] {bytes[6], bytes[7]}).containsExactly(1, 0);
            int length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getShort(8);
            assertThat((10 + length) % 64).isZero();
            Matcher header = HEADER.matcher(new String(bytes, 10, length, StandardCharsets.US_ASCII));
            assertThat(header.matches()).isTrue();
            long[] shape = Pattern.compile("\\d+")
                    .matcher(header.group(2))
                    .results()
                    .mapToLong(size -> Long.parseLong(size.group()))
                    .toArray();
            Array array = new Array(
                    header.group(1),
                    shape,
                    ByteBuffer.wrap(bytes, 10 + length, bytes.length - 10 - length)
                            .slice()
                            .order(ByteOrder.LITTLE_ENDIAN));
            assertThat((long) array.data.capacity())
                    .isEqualTo(LongStream.of(shape).reduce(array.width(), (a, b) -> a * b));
            return array;
        }

        private int width() {
            int size = Integer.parseInt(type.substring(2));
            return type.charAt(1) == 'U' ? 4 * size : size;
        }

        /** The elements of an array of type float32. */
        public float[] floats() {
            assertThat(type).isEqualTo("<f4");
            float[] values = new float[data.capacity() / 4];
            data.asFloatBuffer().get(values);
            return values;
        }

        /** The elements of an array of type int64. */
        public long[] longs() {
            assertThat(type).isEqualTo("<i8");
            long[] values = new long[data.capacity() / 8];
            data.asLongBuffer().get(values);
            return values;
        }

        /** Element {@code i} of an array of strings. */
        public String text(int i) {
            assertThat(type).startsWith("<U");
            byte[] bytes = new byte[width()];
            data.duplicate().position(i * bytes.length).get(bytes);
            return new String(bytes, Charset.forName("UTF-32LE")).replace("\0", "");
        }
    }
}
