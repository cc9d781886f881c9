package io.redrl.training;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Checksums;
import io.redrl.base.RedrlException;
import io.redrl.tensor.ComputeDevice;
import io.redrl.tensor.Scopes;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.ArchiveWriter;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.InputArchive;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.OutputArchive;
import org.jspecify.annotations.Nullable;

/**
 * A training checkpoint, everything needed to go on as if training had never stopped: modules with their parameters and
 * buffers, the optimizer's state, and a line of JSON.
 *
 * <p>The file is a LibTorch archive followed by its SHA-256 (32 bytes), since the archive itself does not notice altered
 * bytes. It appears under its name only when complete.
 */
public final class Checkpoint {
    private static final int DIGEST_BYTES = 32;

    private Checkpoint() {}

    /**
     * Writes a checkpoint.
     *
     * @param modules by name; names must be the same when loading
     * @param stateJson epoch, step and whatever else the trainer needs
     * @throws RedrlException if the disk is full or the place cannot be written; an earlier checkpoint is kept
     */
    public static void save(Path file, Map<String, ? extends Module> modules, Optimizer optimizer, String stateJson) {
        AtomicFiles.write(file, out -> write(out, modules, optimizer, stateJson));
    }

    /** The archive, then its digest. */
    static void write(OutputStream out, Map<String, ? extends Module> modules, Optimizer optimizer, String stateJson)
            throws IOException {
        MessageDigest digest = Checksums.sha256();
        try (Sink sink = new Sink(new DigestOutputStream(out, digest))) {
            Scopes.run(() -> archive(modules, optimizer, stateJson).save_to(sink));
            sink.check();
        }
        out.write(digest.digest());
    }

    /**
     * Takes the archive's bytes from LibTorch. LibTorch's own file writer ends the process when the disk is full, for it
     * throws while it cleans up; so a failed write is kept back until LibTorch is done.
     */
    private static final class Sink extends ArchiveWriter {
        private final OutputStream out;
        private final byte[] buffer = new byte[1 << 16];
        private @Nullable IOException failure;

        Sink(OutputStream out) {
            this.out = out;
        }

        @Override
        public long call(Pointer data, long size) {
            try (BytePointer bytes = new BytePointer(data)) {
                for (long done = 0; failure == null && done < size; ) {
                    int count = (int) Math.min(buffer.length, size - done);
                    bytes.position(done).get(buffer, 0, count);
                    out.write(buffer, 0, count);
                    done += count;
                }
            } catch (IOException e) {
                failure = e;
            }
            return size;
        }

        void check() throws IOException {
            if (failure != null) {
                throw failure;
            }
        }
    }

    private static OutputArchive archive(Map<String, ? extends Module> modules, Optimizer optimizer, String stateJson) {
        OutputArchive archive = new OutputArchive();
        archive.write("state", new IValue(stateJson));
        modules.forEach((name, module) -> {
            OutputArchive part = new OutputArchive();
            module.save(part);
            archive.write("module-" + name, part);
        });
        OutputArchive part = new OutputArchive();
        optimizer.save(part);
        archive.write("optimizer", part);
        return archive;
    }

    /**
     * Loads a checkpoint into modules and an optimizer over their parameters, made as when it was saved.
     *
     * @return the JSON that was saved
     * @throws RedrlException naming the file, if it is missing, altered, cut, or of other modules
     */
    public static String load(Path file, Map<String, ? extends Module> modules, Optimizer optimizer) {
        if (!Files.isRegularFile(file)) {
            throw new RedrlException("No such checkpoint: " + file);
        }
        long archiveBytes = verified(file);
        try {
            return Scopes.valued(() -> {
                InputArchive archive = new InputArchive();
                read(file, archiveBytes, archive);
                IValue state = new IValue();
                archive.read("state", state);
                modules.forEach((name, module) -> {
                    InputArchive part = new InputArchive();
                    archive.read("module-" + name, part);
                    module.load(part);
                });
                InputArchive part = new InputArchive();
                archive.read("optimizer", part);
                optimizer.load(part);
                return state.toStringRef().getString();
            });
        } catch (RedrlException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new RedrlException(
                    "The checkpoint " + file + " belongs to another model or optimizer: " + firstLine(e)
                            + ". Delete it to start afresh.",
                    e);
        }
    }

    private static void read(Path file, long bytes, InputArchive archive) {
        try (FileChannel channel = FileChannel.open(file)) {
            MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_ONLY, 0, bytes);
            try {
                archive.load_from(
                        new BytePointer(map), bytes, ComputeDevice.current().optional());
            } finally {
                Reference.reachabilityFence(map); // unmapped with the buffer: not while LibTorch reads
            }
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + e, e);
        }
    }

    /** The size of the archive in front of the digest, which matches. */
    private static long verified(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            long bytes = channel.size() - DIGEST_BYTES;
            ByteBuffer stored = ByteBuffer.allocate(DIGEST_BYTES);
            if (bytes > 0) {
                channel.read(stored, bytes);
            }
            if (bytes <= 0 || !MessageDigest.isEqual(stored.array(), digest(file, bytes))) {
                throw new RedrlException("The checkpoint " + file
                        + " is damaged: its checksum does not match. Delete it to start afresh.");
            }
            return bytes;
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + e, e);
        }
    }

    private static byte[] digest(Path file, long bytes) throws IOException {
        MessageDigest digest = Checksums.sha256();
        // Read, not mapped: maps stay until the collector finds their buffers, one for every epoch.
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
            for (long left = bytes; left > 0; ) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), left));
                int count = channel.read(buffer);
                if (count < 0) {
                    throw new EOFException(file + " became shorter while it was read");
                }
                digest.update(buffer.flip());
                left -= count;
            }
        }
        return digest.digest();
    }

    private static String firstLine(RuntimeException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("unknown error");
    }
}
