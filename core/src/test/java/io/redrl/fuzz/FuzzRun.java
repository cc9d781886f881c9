package io.redrl.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Reads thousands of damaged files, each of which must be read or refused with a {@link RedrlException} of one line that
 * names it, in bounded time and memory.
 */
final class FuzzRun {
    private static final Path KEPT = Path.of("target", "fuzz");
    private static final long SEED = Long.getLong("redrl.fuzz.seed", 1);

    /** Multiplies the number of files: for a longer look than a build has time for. */
    private static final int FACTOR = Integer.getInteger("redrl.fuzz.factor", 1);

    /** Processor time, which other processes do not lengthen, in seconds. */
    private static final double LONGEST = 2;

    /** Of the clock, in seconds: nothing that ends takes as long, however busy the machine is. */
    private static final long HANG = 120;

    private static final long LONGEST_MESSAGE = 2_000;

    private final String name;
    private final int count;
    private final long mostHeap;
    private final AtomicInteger at = new AtomicInteger();
    private volatile byte[] current = new byte[0];
    private int refused;
    private double slowest;
    private long greediest;

    private FuzzRun(String name, int count, long mostHeap) {
        this.name = name;
        this.count = count * FACTOR;
        this.mostHeap = mostHeap;
    }

    /** Makes a damaged file. */
    @FunctionalInterface
    interface Making {
        byte[] bytes(int iteration, SplittableRandom random);
    }

    /** Reads a file and checks what was read. */
    @FunctionalInterface
    interface Reading {
        void read(byte[] bytes) throws IOException;
    }

    /**
     * Runs.
     *
     * @param name of the run; {@code fileName} is what messages must contain
     * @param mostHeap bytes of Java heap that one file may take, garbage included
     */
    static void of(String name, int count, String fileName, long mostHeap, Making making, Reading reading)
            throws InterruptedException {
        FuzzRun run = new FuzzRun(name, count, mostHeap);
        ExecutorService worker = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "fuzz " + name);
            thread.setDaemon(true);
            return thread;
        });
        Future<?> work = worker.submit(() -> run.all(fileName, making, reading));
        worker.shutdown();
        run.watch(work);
        System.out.printf(
                "%s: %d files, %d refused; at most %.2f s and %d kB of heap for one%n",
                name, run.count, run.refused, run.slowest, run.greediest / 1024);
        assertThat(run.refused).as("refused of " + run.count).isBetween(run.count / 10, run.count - 1);
    }

    private void watch(Future<?> work) throws InterruptedException {
        while (true) {
            int before = at.get();
            try {
                work.get(HANG, TimeUnit.SECONDS);
                return;
            } catch (TimeoutException e) {
                if (at.get() == before) {
                    throw failure("it hangs", e);
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof AssertionError error ? error : new AssertionError(name, e.getCause());
            }
        }
    }

    private void all(String fileName, Making making, Reading reading) {
        for (int i = 0; i < count; i++) {
            at.set(i);
            current = making.bytes(i, new Seed(SEED).child(name).child(i).random());
            one(fileName, reading);
        }
    }

    private void one(String fileName, Reading reading) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long processor = threads.getCurrentThreadCpuTime();
        long heap = threads.getCurrentThreadAllocatedBytes();
        long alive = Pointer.totalCount();
        try {
            reading.read(current);
        } catch (RedrlException e) {
            refused++;
            String message = String.valueOf(e.getMessage());
            if (!message.contains(fileName)
                    || message.length() > LONGEST_MESSAGE
                    || message.lines().count() != 1) {
                throw failure("not a line that names " + fileName + ": " + message, e);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Throwable e) {
            throw failure(e.toString(), e);
        }
        double seconds = (threads.getCurrentThreadCpuTime() - processor) / 1e9;
        long bytes = threads.getCurrentThreadAllocatedBytes() - heap;
        slowest = Math.max(slowest, seconds);
        greediest = Math.max(greediest, bytes);
        if (seconds > LONGEST) {
            throw failure("it took " + seconds + " s", null);
        }
        if (Pointer.totalCount() > alive) {
            throw failure("it left " + (Pointer.totalCount() - alive) + " native objects", null);
        }
        if (bytes > mostHeap) {
            throw failure("it took " + (bytes >> 20) + " MB of heap", null);
        }
    }

    private AssertionError failure(String what, @Nullable Throwable cause) {
        Path kept = KEPT.resolve(name.replace(' ', '-') + "-" + at.get() + ".bin");
        try {
            Files.createDirectories(KEPT);
            Files.write(kept, current);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new AssertionError(
                "%s, iteration %d of seed %d (%d bytes, kept in %s): %s"
                        .formatted(name, at.get(), SEED, current.length, kept, what),
                cause);
    }
}
