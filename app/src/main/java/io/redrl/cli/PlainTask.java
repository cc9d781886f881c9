package io.redrl.cli;

import io.redrl.base.Durations;
import io.redrl.base.Progress;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Progress as lines, for logs: one at the start, one after a second, then one every ten seconds at most, one at the
 * end.
 */
final class PlainTask implements Progress.Task {
    private static final long FIRST = Duration.ofSeconds(1).toNanos();
    private static final long BETWEEN = Duration.ofSeconds(10).toNanos();

    private final String name;
    private final long total;
    private final String unit;
    private final Consumer<String> lines;
    private final LongSupplier nanoTime;
    private final long started;
    private long nextLine;
    private long done;
    private String note = "";
    private boolean closed;

    PlainTask(String name, long total, String unit, Consumer<String> lines, LongSupplier nanoTime) {
        this.name = name;
        this.total = total;
        this.unit = unit;
        this.lines = lines;
        this.nanoTime = nanoTime;
        this.started = nanoTime.getAsLong();
        this.nextLine = started + FIRST;
        lines.accept("%s: %s %s".formatted(name, Durations.count(total), unit));
    }

    @Override
    public synchronized void advance(long count) {
        done += count;
        long now = nanoTime.getAsLong();
        if (now >= nextLine && done < total) {
            nextLine = now + BETWEEN;
            lines.accept(line(now - started));
        }
    }

    @Override
    public synchronized void note(String text) {
        note = text.isEmpty() ? "" : "; " + text;
        long now = nanoTime.getAsLong();
        if (now >= nextLine && done < total) { // a single step may take longer than anybody waits
            nextLine = now + BETWEEN;
            lines.accept(line(now - started));
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        Duration took = Duration.ofNanos(nanoTime.getAsLong() - started);
        if (done < total) {
            lines.accept("%s: ended at %s of %s %s after %s%s"
                    .formatted(name, Durations.count(done), Durations.count(total), unit, Durations.text(took), note));
        } else {
            lines.accept(
                    "%s: done, %s %s in %s%s".formatted(name, Durations.count(done), unit, Durations.text(took), note));
        }
    }

    private String line(long elapsed) {
        double perSecond = done / (elapsed / 1e9);
        String left = perSecond == 0
                ? ""
                : ", " + Durations.text(Duration.ofMillis(Math.round((total - done) / perSecond * 1000))) + " left";
        return "%s: %s of %s %s (%d %%), %s %s/s%s%s"
                .formatted(
                        name,
                        Durations.count(done),
                        Durations.count(total),
                        unit,
                        100 * done / total,
                        Durations.rate(perSecond),
                        unit,
                        left,
                        note);
    }
}
