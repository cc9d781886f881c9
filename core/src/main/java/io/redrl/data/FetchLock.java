package io.redrl.data;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Progress;
import io.redrl.base.StoppedException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** The lock on the cache: one thread of one process at a time fills it, the others wait and then find it filled. */
final class FetchLock {
    /** A file lock belongs to the whole process, so its threads need a lock of their own. */
    private static final ReentrantLock THREADS = new ReentrantLock();

    private FetchLock() {}

    /** Runs {@code work} while holding {@code lockFile}, which stays behind, empty. */
    static <T> T holding(Path lockFile, Progress progress, Supplier<T> work) {
        THREADS.lock();
        try {
            createFolderOf(lockFile);
            try (FileChannel channel =
                    FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                FileLock lock = await(channel, progress);
                try {
                    return work.get();
                } finally {
                    lock.release();
                }
            }
        } catch (IOException e) {
            throw AtomicFiles.writeFailure(lockFile, e);
        } finally {
            THREADS.unlock();
        }
    }

    private static void createFolderOf(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
    }

    private static FileLock await(FileChannel channel, Progress progress) throws IOException {
        FileLock lock = channel.tryLock();
        if (lock == null) {
            progress.say("Waiting for another process that is filling the cache");
        }
        while (lock == null) {
            progress.checkStopped();
            try {
                Thread.sleep(200);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoppedException();
            }
            lock = channel.tryLock();
        }
        return lock;
    }
}
