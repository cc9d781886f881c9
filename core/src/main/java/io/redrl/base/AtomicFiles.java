package io.redrl.base;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that are complete under their name or absent: written beside it first, then moved over it in one step. */
public final class AtomicFiles {
    private AtomicFiles() {}

    /** Writes bytes to a stream. */
    @FunctionalInterface
    public interface Writer {
        /** Writes everything; the stream is closed by the caller. */
        void write(OutputStream out) throws IOException;
    }

    /** Works on a path. */
    @FunctionalInterface
    public interface PathWriter {
        /** Creates the file (or folder) at {@code partial}. */
        void write(Path partial) throws IOException;
    }

    /**
     * Writes {@code target} through a stream.
     *
     * @throws RedrlException if the disk is full or the place cannot be written; {@code target} is as it was
     */
    public static void write(Path target, Writer writer) {
        if (isDevice(target)) {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(target))) {
                writer.write(out);
            } catch (IOException | UncheckedIOException e) {
                throw writeFailure(target, e);
            }
            return;
        }
        writePath(target, partial -> {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(partial))) {
                writer.write(out);
            }
        });
    }

    /** A pipe or a device such as {@code /dev/stdout} is written to; a file must not take its place. */
    private static boolean isDevice(Path target) {
        return Files.exists(target) && !Files.isRegularFile(target) && !Files.isDirectory(target);
    }

    /** Writes {@code target} as UTF-8 text. */
    public static void writeString(Path target, String text) {
        write(target, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Lets {@code writer} create a file at a temporary name in the same folder, then gives it its final name.
     *
     * @throws RedrlException if the disk is full or the place cannot be written; {@code target} is as it was
     */
    public static void writePath(Path target, PathWriter writer) {
        Path partial = target.resolveSibling("." + target.getFileName() + ".partial");
        try {
            Path folder = target.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            Files.deleteIfExists(partial);
            writer.write(partial);
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | UncheckedIOException e) {
            try {
                Files.deleteIfExists(partial);
            } catch (IOException ignored) {
                e.addSuppressed(ignored);
            }
            throw writeFailure(target, e);
        }
    }

    /** The message for a failed write, which names a full disk as such. */
    public static RedrlException writeFailure(Path target, Exception cause) {
        String message = String.valueOf(cause.getMessage());
        if (message.contains("No space left") || message.contains("Disk quota")) {
            return new RedrlException(
                    "The disk is full: could not write " + target
                            + ". Free some space and run the same command again; what was finished is kept.",
                    cause);
        }
        return new RedrlException("Could not write " + target + ": " + cause, cause);
    }
}
