package io.redrl.web;

import io.redrl.identify.IdentifiedFile;
import io.redrl.identify.Identifier;
import io.redrl.identify.IdentifySettings;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import io.redrl.image.ImageSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Queue of images from all requests to the networks. One thread owns the identifier; it takes what waits, and a few milliseconds
 * of what comes after, as one batch. Images of one batch share their settings; those whose saliency is asked for, which takes
 * about a second each, are taken one by one.
 */
final class IdentifyQueue implements AutoCloseable {
    private static final int WARM_UP = 32;
    private static final int MOST_WINDOWS = 8;
    private static final double MEMORY_OF_RATE = 0.8;

    private final int capacity;
    private final Duration window;
    private final int batch;
    private final BiConsumer<Integer, Duration> watcher;
    private final Deque<Job> waiting = new ArrayDeque<>();
    private final CompletableFuture<Identifier> ready = new CompletableFuture<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread thread;
    private double secondsPerImage = 0.02;

    /** An image that waits for its verdict. */
    private record Job(Upload upload, IdentifySettings settings, CompletableFuture<IdentifiedFile> result) {}

    /**
     * Opens the identifier in a thread of its own, which also closes it.
     *
     * @param watcher told the size of each batch and how long it took
     */
    IdentifyQueue(ServeLimits limits, Supplier<Identifier> opener, BiConsumer<Integer, Duration> watcher) {
        this.capacity = limits.queue();
        this.window = limits.window();
        this.batch = limits.batch();
        this.watcher = watcher;
        thread = new Thread(() -> work(opener), "identify");
        thread.setDaemon(true);
        thread.start();
    }

    /** Done when the first image can be judged at full speed; fails if the models cannot be opened. */
    CompletableFuture<Identifier> ready() {
        return ready;
    }

    /** Images that wait. */
    int length() {
        synchronized (waiting) {
            return waiting.size();
        }
    }

    /** When a place is likely to be free again, in seconds. */
    int retryAfter() {
        synchronized (waiting) {
            return (int) Math.max(1, Math.min(60, Math.ceil(waiting.size() * secondsPerImage)));
        }
    }

    /**
     * Adds images, all or none.
     *
     * @return their results; whoever cancels one takes the image back, unless it is being judged
     * @throws Problem.Refusal if there is no room
     */
    List<CompletableFuture<IdentifiedFile>> add(List<Upload> uploads, IdentifySettings settings) {
        List<CompletableFuture<IdentifiedFile>> results = new ArrayList<>();
        synchronized (waiting) {
            if (closed.get()) {
                throw Problem.of(503, "This server is being stopped").refusal();
            }
            waiting.removeIf(job -> job.result.isDone());
            if (waiting.size() + uploads.size() > capacity) {
                throw Problem.later(
                                429, "More images wait than this server can judge soon: try again later", retryAfter())
                        .refusal();
            }
            for (Upload upload : uploads) {
                Job job = new Job(upload, settings, new CompletableFuture<>());
                waiting.add(job);
                results.add(job.result);
            }
            waiting.notifyAll();
        }
        return results;
    }

    private void work(Supplier<Identifier> opener) {
        try (Identifier identifier = opener.get()) {
            ImageShape shape = ImageShape.square(WARM_UP);
            Upload first = new Upload("warm-up.png", ImageCodec.png(new Image(shape, new byte[shape.values()])));
            identifier.identifyNextOf(List.of(first));
            ready.complete(identifier);
            while (true) {
                List<Job> jobs = take();
                if (jobs.isEmpty()) {
                    return;
                }
                judge(identifier, jobs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            ready.completeExceptionally(e);
        } finally {
            refuseRest();
        }
    }

    /** The next batch; empty when there will be none. */
    private List<Job> take() throws InterruptedException {
        synchronized (waiting) {
            while (true) {
                while (waiting.isEmpty() && !closed.get()) {
                    waiting.wait();
                }
                gather();
                List<Job> jobs = next();
                if (!jobs.isEmpty() || (closed.get() && waiting.isEmpty())) {
                    return jobs;
                }
            }
        }
    }

    /** Waits until nothing has come for a moment, a few moments at most. */
    private void gather() throws InterruptedException {
        long until = System.nanoTime() + MOST_WINDOWS * window.toNanos();
        int before = -1;
        while (waiting.size() > before && waiting.size() < batch && !closed.get() && System.nanoTime() < until) {
            before = waiting.size();
            long quiet = System.nanoTime() + window.toNanos();
            for (long left = window.toNanos(); left > 0 && waiting.size() < batch; left = quiet - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(waiting, left);
            }
        }
    }

    /** Takes the first that still waits, and those behind it that want the same. */
    private List<Job> next() {
        waiting.removeIf(job -> job.result.isDone());
        List<Job> jobs = new ArrayList<>();
        for (Iterator<Job> all = waiting.iterator(); all.hasNext(); ) {
            Job job = all.next();
            if (jobs.isEmpty() || jobs.get(0).settings.equals(job.settings)) {
                jobs.add(job);
                all.remove();
                if (jobs.size() == most(job.settings)) {
                    break;
                }
            }
        }
        return jobs;
    }

    private int most(IdentifySettings settings) {
        return settings.depth() == IdentifySettings.Depth.SALIENCY ? 1 : batch;
    }

    /** One that goes wrong takes none of the others with it. */
    private void judge(Identifier identifier, List<Job> jobs) {
        long start = System.nanoTime();
        int done = 0;
        while (done < jobs.size()) {
            List<Job> rest = jobs.subList(done, jobs.size());
            try {
                done += judgeNext(identifier, rest);
            } catch (RuntimeException | Error e) {
                if (rest.size() > 1) {
                    rest.forEach(job -> judge(identifier, List.of(job)));
                } else {
                    rest.get(0).result.completeExceptionally(e);
                }
                done = jobs.size();
            }
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        synchronized (waiting) {
            secondsPerImage =
                    MEMORY_OF_RATE * secondsPerImage + (1 - MEMORY_OF_RATE) * took.toNanos() / 1e9 / jobs.size();
        }
        watcher.accept(jobs.size(), took);
    }

    private static int judgeNext(Identifier identifier, List<Job> jobs) {
        List<IdentifiedFile> found = identifier.identifyNextOf(
                jobs.stream().map(job -> (ImageSource) job.upload).toList(), jobs.get(0).settings);
        for (int i = 0; i < found.size(); i++) {
            jobs.get(i).result.complete(found.get(i));
        }
        return found.size();
    }

    private void refuseRest() {
        synchronized (waiting) {
            closed.set(true);
            waiting.forEach(job -> job.result.completeExceptionally(
                    Problem.of(503, "This server is being stopped").refusal()));
            waiting.clear();
        }
    }

    /** Takes no more, and ends when what waits has been judged. */
    @Override
    public void close() {
        synchronized (waiting) {
            closed.set(true);
            waiting.notifyAll();
        }
    }

    /** Waits until the models are closed. */
    boolean awaitEnd(Duration most) {
        try {
            thread.join(Math.max(1, most.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }
}
