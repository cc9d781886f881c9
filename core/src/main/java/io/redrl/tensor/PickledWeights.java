package io.redrl.tensor;

import io.redrl.base.Checks;
import io.redrl.base.OneLine;
import io.redrl.base.RedrlException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A PyTorch state dict ({@code .pth}, written by {@code torch.save}): a zip archive, or as before PyTorch 1.6 a row of pickles with the
 * storages after them. {@link Pickle} reads it strictly, and nothing in the file is executed.
 *
 * <p>A storage has exactly the bytes that its pickle says, and a tensor lies inside its storage, so memory is bounded by the file's
 * size.
 */
public final class PickledWeights {
    private static final long LONGEST_PICKLE = 64 << 20;
    private static final int MOST_DIMENSIONS = 32;
    private static final int COPY_BYTES = 1 << 20;

    /** The pickle of a number with which files begin that are no zip archives, after a byte for the protocol. */
    private static final byte[] OLD_MAGIC = {
        (byte) 0x8a, 10, 0x6c, (byte) 0xfc, (byte) 0x9c, 0x46, (byte) 0xf9, 0x20, 0x6a, (byte) 0xa8, 0x50, 0x19, '.'
    };

    private final Path file;
    private final Content content;
    private final Map<String, Tensor> storages = new HashMap<>();

    private PickledWeights(Path file, Content content) {
        this.file = file;
        this.content = content;
    }

    /** Where the values of storages are. */
    @FunctionalInterface
    private interface Content {
        /** From the first byte of a storage on, which must have exactly so many. */
        InputStream open(Pickle.Storage storage, long bytes) throws IOException;
    }

    /**
     * Reads every tensor of a state dict; of a checkpoint the one under {@code state_dict}, {@code model} or the like.
     *
     * @return contiguous CPU tensors that own their memory, by name, in the caller's scope
     * @throws RedrlException if the file is cut or of another kind, or holds anything but tensors
     */
    public static Map<String, Tensor> read(Path file) {
        try {
            byte[] head = head(file);
            boolean old = head.length > 2
                    && head[0] == (byte) 0x80
                    && Arrays.equals(head, 2, head.length, OLD_MAGIC, 0, OLD_MAGIC.length);
            return old ? readOld(file, head.length) : readZip(file);
        } catch (java.util.zip.ZipException e) {
            throw new RedrlException(
                    file
                            + " is not a whole .pth file of torch.save. Fetch it again, or open it with PyTorch and torch.save its"
                            + " state_dict() anew",
                    e);
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + e, e);
        } catch (RuntimeException e) {
            if (Pickle.isDamage(e)) {
                throw new RedrlException(file + " is not a whole .pth file: its pickle is cut or altered", e);
            }
            throw e;
        }
    }

    private static byte[] head(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(2 + OLD_MAGIC.length);
        }
    }

    private static Map<String, Tensor> readZip(Path file) throws IOException {
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
            Content content = (storage, bytes) -> {
                ZipEntry values = zip.getEntry(root + "data/" + storage.key());
                if (values == null || values.getSize() != bytes) {
                    throw wrong(file, storage, bytes);
                }
                return zip.getInputStream(values);
            };
            Object value = new Pickle(file, ByteBuffer.wrap(pickle)).value();
            return new PickledWeights(file, content).own(described(file, value));
        }
    }

    /** Pickles of PyTorch's number, a version, the machine, the weights and the keys of their storages; then these, each after its length. */
    private static Map<String, Tensor> readOld(Path file, int from) throws IOException {
        LibTorch.load();
        ByteBuffer in;
        try (InputStream stream = Files.newInputStream(file)) {
            in = ByteBuffer.wrap(stream.readNBytes((int) LONGEST_PICKLE)).position(from);
        }
        new Pickle(file, in).value();
        Checks.require(
                new Pickle(file, in).value() instanceof Map<?, ?> machine
                        && Boolean.TRUE.equals(machine.get("little_endian")),
                "%s was written on a machine with another order of bytes, and is not read here",
                file);
        Pickle weights = new Pickle(file, in);
        Map<String, Pickle.Described> tensors = described(file, weights.value());
        List<?> keys = (List<?>) new Pickle(file, in).value();
        Map<String, Long> lengths = new HashMap<>(); // in bytes
        Map<String, Long> places = new HashMap<>();
        try (RandomAccessFile values = new RandomAccessFile(file.toFile(), "r")) {
            values.seek(in.position());
            for (Object key : keys == null ? List.of() : keys) {
                Pickle.Storage storage = weights.storages().get(key);
                if (storage == null) {
                    throw new RedrlException(file + " has values that belong to no tensor: it is altered");
                }
                long bytes =
                        Math.multiplyExact(Long.reverseBytes(values.readLong()), torch.elementSize(storage.type()));
                long place = values.getFilePointer();
                Checks.require(bytes >= 0 && bytes <= values.length() - place, "%s ends too early", file);
                lengths.put(storage.key(), bytes);
                places.put(storage.key(), place);
                values.seek(place + bytes);
            }
        } catch (EOFException e) {
            throw new RedrlException(file + " ends too early", e);
        }
        Content content = (storage, bytes) -> {
            Long place = places.get(storage.key());
            if (place == null || !Objects.equals(lengths.get(storage.key()), bytes)) {
                throw wrong(file, storage, bytes);
            }
            InputStream stream = Files.newInputStream(file);
            stream.skipNBytes(place);
            return stream;
        };
        return new PickledWeights(file, content).own(tensors);
    }

    private static RedrlException wrong(Path file, Pickle.Storage storage, long bytes) {
        return new RedrlException(file + ": its storage " + OneLine.of(storage.key()) + " is missing or has not the "
                + bytes + " bytes that it should have");
    }

    private static Map<String, Pickle.Described> described(Path file, @Nullable Object value) {
        Map<String, Pickle.Described> tensors = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            add(map, tensors);
            for (String key : List.of("state_dict", "model", "model_state_dict", "net", "weights")) {
                if (tensors.isEmpty() && map.get(key) instanceof Map<?, ?> inner && inner != map) {
                    add(inner, tensors);
                }
            }
        }
        Checks.require(!tensors.isEmpty(), "%s holds no tensors by name: it is no state dict", file);
        return tensors;
    }

    private static void add(Map<?, ?> map, Map<String, Pickle.Described> tensors) {
        map.forEach((name, each) -> {
            if (name instanceof String text && each instanceof Pickle.Described tensor) {
                tensors.put(text, tensor);
            }
        });
    }

    private Map<String, Tensor> own(Map<String, Pickle.Described> tensors) {
        return Scopes.valued(() -> {
            Map<String, Tensor> own = new LinkedHashMap<>();
            tensors.forEach((name, tensor) -> own.put(name, Scopes.owned(tensor(tensor))));
            return own;
        });
    }

    private Tensor tensor(Pickle.Described described) {
        Pickle.Storage storage = described.storage();
        long[] sizes = described.sizes();
        long[] strides = described.strides();
        boolean sound = sizes.length == strides.length && sizes.length <= MOST_DIMENSIONS && described.offset() >= 0;
        long values = 1;
        long last = described.offset();
        for (int i = 0; sound && i < sizes.length; i++) {
            sound = sizes[i] >= 0 && strides[i] >= 0;
            values = Math.multiplyExact(values, sizes[i]);
            last = Math.addExact(last, Math.multiplyExact(Math.max(sizes[i] - 1, 0), strides[i]));
        }
        // A tensor of more values than its storage has would be an expanded one, which no weights are.
        sound = sound && values <= storage.length() && (values == 0 || last < storage.length());
        Checks.require(sound, "%s: a tensor reaches beyond its storage %s", file, OneLine.of(storage.key()));
        Tensor all = storages.computeIfAbsent(storage.key() + " " + storage.type(), key -> data(storage));
        return all.as_strided(sizes, strides, new org.bytedeco.pytorch.LongOptional(described.offset()))
                .clone()
                .contiguous();
    }

    private Tensor data(Pickle.Storage storage) {
        long bytes = Math.multiplyExact(storage.length(), torch.elementSize(storage.type()));
        try (InputStream stream = content.open(storage, bytes)) {
            Tensor tensor = torch.empty(
                    new long[] {storage.length()},
                    new TensorOptions(storage.type()),
                    new org.bytedeco.pytorch.MemoryFormatOptional());
            BytePointer data = new BytePointer(tensor.data_ptr());
            byte[] chunk = new byte[COPY_BYTES];
            for (long at = 0; at < bytes; ) {
                int count = stream.readNBytes(chunk, 0, (int) Math.min(chunk.length, bytes - at));
                Checks.require(count > 0, "%s: its storage %s is cut short", file, storage.key());
                data.position(at).put(chunk, 0, count);
                at += count;
            }
            return tensor;
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + e, e);
        }
    }
}
