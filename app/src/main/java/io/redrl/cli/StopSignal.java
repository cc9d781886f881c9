package io.redrl.cli;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.utils.Signals;

/**
 * Ctrl-C asks long work to stop between two steps, because a JVM that ends inside a native call crashes. A second Ctrl-C
 * ends the process at once, and so does a step that takes too long; files are complete or absent either way.
 */
final class StopSignal {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final AtomicBoolean requested = new AtomicBoolean();
    private final Runnable sayStopping;
    private final Runnable endNow;
    private final Duration patience;

    /**
     * @param sayStopping called on the first signal
     * @param endNow ends the process without waiting for anything
     */
    StopSignal(Runnable sayStopping, Runnable endNow) {
        this(sayStopping, endNow, PATIENCE);
    }

    StopSignal(Runnable sayStopping, Runnable endNow, Duration patience) {
        this.sayStopping = sayStopping;
        this.endNow = endNow;
        this.patience = patience;
    }

    /** Takes Ctrl-C and {@code kill} from here on. */
    StopSignal listen() {
        Signals.register("INT", this::receive);
        Signals.register("TERM", this::receive);
        return this;
    }

    /** A signal has come. */
    void receive() {
        if (!requested.compareAndSet(false, true)) {
            endNow.run();
            return;
        }
        sayStopping.run();
        Thread patienceThread = new Thread(this::endAfterPatience, "stop");
        patienceThread.setDaemon(true);
        patienceThread.start();
    }

    private void endAfterPatience() {
        try {
            TimeUnit.NANOSECONDS.sleep(patience.toNanos());
            endNow.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether a signal has come. */
    boolean requested() {
        return requested.get();
    }
}
