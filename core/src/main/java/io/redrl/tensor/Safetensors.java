package io.redrl.tensor;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Json;
import io.redrl.base.OneLine;
import io.redrl.base.RedrlException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.databind.JsonNode;

/**
 * Named tensors in one file, in the safetensors format: eight bytes with the header's length, a JSON header with dtype,
 * shape and place of every tensor, then their bytes (little-endian, row-major).
 *
 * <p>Reading trusts nothing: the header's length, every dtype, every shape against its byte count, and that the tensors
 * cover the rest of the file exactly, without gap or overlap, are checked before a tensor is made. So memory is bounded by the
 * file's size.
 */
public final class Safetensors {
    static {
        LibTorch.load();
    }

    /** Some forty thousand tensors. The format allows 100 MB, which would be gigabytes of JSON tree. */
    private static final long LONGEST_HEADER = 4 << 20;

    private static final int MOST_DIMENSIONS = 32;
    private static final int COPY_BYTES = 1 << 20;

    private Safetensors() {}

    private enum Dtype {
        F64(ScalarType.Double, 8),
        I64(ScalarType.Long, 8),
        F32(ScalarType.Float, 4),
        I32(ScalarType.Int, 4),
        F16(ScalarType.Half, 2),
        BF16(ScalarType.BFloat16, 2),
        U8(ScalarType.Byte, 1);

        final ScalarType type;
        final int bytes;

        Dtype(ScalarType type, int bytes) {
            this.type = type;
            this.bytes = bytes;
        }

        static Dtype of(String name, Tensor tensor) {
            ScalarType type = tensor.scalar_type().intern();
            for (Dtype dtype : values()) {
                if (dtype.type == type) {
                    return dtype;
                }
            }
            throw new RedrlException("tensor " + name + " has dtype " + type + ", which is not stored in safetensors");
        }
    }

    private record Entry(String name, Dtype dtype, List<Long> shape, long begin, long end) {
        long[] sizes() {
            return shape.stream().mapToLong(Long::longValue).toArray();
        }
    }

    /**
     * Writes {@code file}, which is complete or absent.
     *
     * @param tensors by name, any device and memory format; the caller keeps them
     * @param metadata free text by key, kept in the header
     */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
        // Widest elements first, so that every tensor starts at a multiple of its element size, as readers expect.
        List<Map.Entry<String, Tensor>> ordered = new ArrayList<>(tensors.entrySet());
        ordered.sort(Comparator.comparing(e -> -Dtype.of(e.getKey(), e.getValue()).bytes));
        Map<String, Object> header = new LinkedHashMap<>();
        if (!metadata.isEmpty()) {
            header.put("__metadata__", metadata);
        }
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : ordered) {
            Dtype dtype = Dtype.of(entry.getKey(), entry.getValue());
            long end = offset + entry.getValue().numel() * dtype.bytes;
            Map<String, Object> place = new LinkedHashMap<>();
            place.put("dtype", dtype.name());
            place.put("shape", Tensors.shape(entry.getValue()));
            place.put("data_offsets", new long[] {offset, end});
            header.put(entry.getKey(), place);
            offset = end;
        }
        String text = Json.line(header);
        int padding = Math.floorMod(-text.getBytes(StandardCharsets.UTF_8).length, 8);
        byte[] bytes = (text + " ".repeat(padding)).getBytes(StandardCharsets.UTF_8);
        AtomicFiles.write(file, out -> {
            out.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(bytes.length)
                    .array());
            out.write(bytes);
            for (Map.Entry<String, Tensor> entry : ordered) {
                copy(entry.getValue(), Dtype.of(entry.getKey(), entry.getValue()), out);
            }
        });
    }

    private static void copy(Tensor tensor, Dtype dtype, OutputStream out) throws IOException {
        try (var scope = new org.bytedeco.javacpp.PointerScope()) {
            Tensor plain = tensor.detach().cpu().contiguous();
            long size = plain.numel() * dtype.bytes;
            BytePointer data = new BytePointer(plain.data_ptr());
            byte[] buffer = new byte[(int) Math.min(COPY_BYTES, Math.max(size, 1))];
            for (long at = 0; at < size; at += buffer.length) {
                int count = (int) Math.min(buffer.length, size - at);
                data.position(at).get(buffer, 0, count);
                out.write(buffer, 0, count);
            }
        }
    }

    /**
     * Reads every tensor, in the file's order.
     *
     * @return contiguous CPU tensors that own their memory, in the caller's scope
     * @throws RedrlException if the file is missing, cut, altered in its header, or of another kind
     */
    public static Map<String, Tensor> read(Path file) {
        try (FileChannel channel = open(file)) {
            long size = channel.size();
            long headerLength = headerLength(channel, size, file);
            List<Entry> entries = entries(header(channel, headerLength, file), file);
            checkPlaces(entries, size - 8 - headerLength, file);
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            byte[] chunk = new byte[COPY_BYTES];
            for (Entry entry : entries) {
                tensors.put(entry.name(), tensor(channel, 8 + headerLength, entry, chunk, file));
            }
            return tensors;
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + e, e);
        }
    }

    /** Reads the header's free text; empty if it has none. */
    public static Map<String, String> metadata(Path file) {
        try (FileChannel channel = open(file)) {
            long headerLength = headerLength(channel, channel.size(), file);
            Map<String, String> metadata = new LinkedHashMap<>();
            JsonNode node = header(channel, headerLength, file).path("__metadata__");
            node.properties().forEach(e -> metadata.put(e.getKey(), e.getValue().asString("")));
            return metadata;
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + e, e);
        }
    }

    private static FileChannel open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new RedrlException("No such weights file: " + file);
        }
        return FileChannel.open(file);
    }

    /** Fills {@code buffer} up to its limit. */
    private static void fill(ByteBuffer buffer, FileChannel channel, long from, Path file) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, from + buffer.position()) < 0) {
                throw damaged(file, "it was cut short while it was read");
            }
        }
        buffer.flip();
    }

    private static long headerLength(FileChannel channel, long size, Path file) throws IOException {
        if (size < 10) {
            throw damaged(file, "it has only " + size + " bytes");
        }
        ByteBuffer first = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        fill(first, channel, 0, file);
        long length = first.getLong();
        if (length < 2 || length > LONGEST_HEADER || length > size - 8) {
            throw damaged(file, "its first bytes name a header of " + length + " bytes in a file of " + size);
        }
        return length;
    }

    private static JsonNode header(FileChannel channel, long length, Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) length);
        fill(bytes, channel, 8, file);
        String text = StandardCharsets.UTF_8.decode(bytes).toString();
        if (!text.startsWith("{")) {
            throw damaged(file, "its header is not JSON");
        }
        JsonNode header = Json.parse(text, JsonNode.class, file + " (safetensors header)");
        if (!header.isObject()) {
            throw damaged(file, "its header is not a JSON object");
        }
        return header;
    }

    private static List<Entry> entries(JsonNode header, Path file) {
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, JsonNode> property : header.properties()) {
            if (!property.getKey().equals("__metadata__")) {
                entries.add(entry(property.getKey(), property.getValue(), file));
            }
        }
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        return entries;
    }

    private static Entry entry(String name, JsonNode node, Path file) {
        JsonNode kind = node.path("dtype");
        String type = kind.isString() ? kind.asString() : "";
        Dtype dtype = Arrays.stream(Dtype.values())
                .filter(d -> d.name().equals(type))
                .findFirst()
                .orElseThrow(() -> damaged(
                        file,
                        "tensor " + OneLine.of(name) + " has dtype '" + OneLine.of(type) + "'; known are "
                                + Arrays.toString(Dtype.values())));
        String shown = OneLine.of(name);
        long[] shape = naturals(node.path("shape"), shown + ": shape", MOST_DIMENSIONS, file);
        long[] place = naturals(node.path("data_offsets"), shown + ": data_offsets", 2, file);
        if (place.length != 2) {
            throw damaged(file, shown + ": data_offsets must hold two numbers");
        }
        long bytes = dtype.bytes;
        try {
            // LibTorch multiplies the sizes that are not 0 even where one is.
            long strides = dtype.bytes;
            for (long n : shape) {
                strides = Math.multiplyExact(strides, Math.max(n, 1));
                bytes = Math.multiplyExact(bytes, n);
            }
        } catch (ArithmeticException e) {
            throw damaged(file, shown + ": shape " + Arrays.toString(shape) + " is too large");
        }
        if (place[1] - place[0] != bytes) {
            throw damaged(
                    file,
                    shown + ": " + Arrays.toString(shape) + " " + type + " takes " + bytes
                            + " bytes, but its place has " + (place[1] - place[0]));
        }
        return new Entry(name, dtype, Arrays.stream(shape).boxed().toList(), place[0], place[1]);
    }

    private static long[] naturals(JsonNode node, String what, int most, Path file) {
        if (!node.isArray()) {
            throw damaged(file, what + " must be a list of numbers");
        }
        if (node.size() > most) {
            throw damaged(file, what + " must hold at most " + most + " numbers, got " + node.size());
        }
        long[] values = new long[node.size()];
        for (int i = 0; i < values.length; i++) {
            JsonNode value = node.get(i);
            if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 0) {
                throw damaged(file, what + " must hold whole numbers from 0 on, got " + OneLine.of(value));
            }
            values[i] = value.asLong();
        }
        return values;
    }

    private static void checkPlaces(List<Entry> entries, long dataBytes, Path file) {
        long at = 0;
        for (Entry entry : entries) {
            if (entry.end() > dataBytes) {
                throw damaged(
                        file,
                        "tensor " + OneLine.of(entry.name()) + " ends at byte " + entry.end() + " of " + dataBytes
                                + ": the file is cut short");
            }
            if (entry.begin() != at) {
                throw damaged(
                        file,
                        "tensor " + OneLine.of(entry.name()) + " begins at byte " + entry.begin() + " where " + at
                                + " was expected: tensors overlap or leave a gap");
            }
            at = entry.end();
        }
        if (at != dataBytes) {
            throw damaged(file, (dataBytes - at) + " bytes belong to no tensor");
        }
    }

    /** @param chunk a buffer to read through, of any content */
    private static Tensor tensor(FileChannel channel, long dataStart, Entry entry, byte[] chunk, Path file)
            throws IOException {
        Tensor tensor = empty(entry, file);
        BytePointer data = new BytePointer(tensor.data_ptr());
        long size = entry.end() - entry.begin();
        for (long at = 0; at < size; at += chunk.length) {
            int count = (int) Math.min(chunk.length, size - at);
            fill(ByteBuffer.wrap(chunk, 0, count), channel, dataStart + entry.begin() + at, file);
            data.position(at).put(chunk, 0, count);
        }
        return tensor;
    }

    private static Tensor empty(Entry entry, Path file) {
        try {
            return torch.empty(
                    entry.sizes(),
                    new TensorOptions(entry.dtype().type),
                    new org.bytedeco.pytorch.MemoryFormatOptional());
        } catch (RuntimeException e) {
            // What LibTorch says when there is not that much memory; its message is a C++ trace.
            throw new RedrlException(
                    file + ": no memory for tensor " + OneLine.of(entry.name()) + " of " + (entry.end() - entry.begin())
                            + " bytes",
                    e);
        }
    }

    private static RedrlException damaged(Path file, String problem) {
        return new RedrlException(file + " is not a whole safetensors file: " + problem + ". Fetch or write it again.");
    }
}
