package io.redrl.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bytedeco.pytorch.global.torch;

/**
 * Lanes of independent work side by side: as many as LibTorch would use threads, one thread each. Small networks gain more
 * from this than from threads inside each operation, a busy machine slows it less (no thread waits for another at every
 * operation), and results do not depend on the number of cores.
 */
public final class Lanes {
    static {
        LibTorch.load();
    }

    private Lanes() {}

    /** How many lanes there are: LibTorch's number of threads, which {@code OMP_NUM_THREADS} sets; one on a GPU, which is busy with it. */
    public static int count() {
        return ComputeDevice.current().cuda() ? 1 : Math.max(1, torch.get_num_threads());
    }

    /**
     * Does all work, in the given order as lanes become free.
     *
     * @param work each piece opens its own scopes and returns plain values or owned objects
     * @return the results, in the order of {@code work}
     * @throws RuntimeException what the first failing piece threw; pieces not yet begun are left out, pieces under way
     *     run to their end first
     */
    public static <T> List<T> map(List<? extends Callable<T>> work) {
        int threads = torch.get_num_threads();
        ExecutorService pool = Executors.newFixedThreadPool(Math.min(count(), Math.max(1, work.size())));
        AtomicBoolean failed = new AtomicBoolean();
        try {
            List<Future<T>> running = new ArrayList<>();
            for (Callable<T> piece : work) {
                running.add(pool.submit(() -> {
                    if (failed.get()) {
                        throw new LeftOutException();
                    }
                    torch.set_num_threads(1);
                    try {
                        return piece.call();
                    } catch (Exception | Error e) {
                        failed.set(true);
                        throw e;
                    }
                }));
            }
            return results(running);
        } finally {
            pool.shutdown();
            torch.set_num_threads(threads);
        }
    }

    private static <T> List<T> results(List<Future<T>> running) {
        List<T> results = new ArrayList<>();
        List<Throwable> errors = new ArrayList<>();
        for (Future<T> each : running) {
            try {
                results.add(uninterrupted(each));
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof LeftOutException)) {
                    errors.add(e.getCause() == null ? e : e.getCause());
                }
            }
        }
        if (errors.isEmpty()) {
            return results;
        }
        Throwable first = errors.get(0);
        errors.stream().skip(1).filter(e -> e != first).forEach(first::addSuppressed);
        if (first instanceof Error error) {
            throw error;
        }
        if (first instanceof RuntimeException exception) {
            throw exception;
        }
        throw new IllegalStateException("a lane failed", first);
    }

    /** Waits for native work, which cannot be interrupted: the interrupt is kept for the caller. */
    private static <T> T uninterrupted(Future<T> future) throws ExecutionException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Work that was not begun because other work had failed. */
    private static final class LeftOutException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
