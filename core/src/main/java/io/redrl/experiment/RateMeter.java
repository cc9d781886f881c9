package io.redrl.experiment;

import io.redrl.base.Progress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Passes progress on and measures how fast each kind of work went, except work that several threads share. */
final class RateMeter implements Progress {
    private final Progress reader;
    private final WorkClock clock;
    private final Map<String, List<Stretch>> stretches = new ConcurrentHashMap<>();

    /**
     * A meter.
     *
     * @param clock made by the thread that runs the stages
     */
    RateMeter(Progress reader, WorkClock clock) {
        this.reader = reader;
        this.clock = clock;
    }

    private record Stretch(long count, double seconds) {}

    /**
     * Units per second of the tasks of this name, whatever words follow it. The first stretch of work, which pays for memory
     * and compiled kernels, counts only if there is no other.
     */
    Optional<Double> rate(String name) {
        List<Stretch> counted = new ArrayList<>();
        List<Stretch> firsts = new ArrayList<>();
        stretches.forEach((task, all) -> {
            if (task.equals(name) || task.startsWith(name + " ")) {
                firsts.add(all.get(0));
                counted.addAll(all.subList(1, all.size()));
            }
        });
        List<Stretch> used = counted.isEmpty() ? firsts : counted;
        double seconds = used.stream().mapToDouble(Stretch::seconds).sum();
        long count = used.stream().mapToLong(Stretch::count).sum();
        return seconds > 0 ? Optional.of(count / seconds) : Optional.empty();
    }

    @Override
    public Task start(String name, long total, String unit) {
        Task inner = reader.start(name, total, unit);
        return new Task() {
            private WorkClock.Moment last = clock.now();

            @Override
            public void advance(long count) {
                double seconds = clock.since(last);
                stretches
                        .computeIfAbsent(name, n -> Collections.synchronizedList(new ArrayList<>()))
                        .add(new Stretch(count, seconds));
                last = clock.now();
                inner.advance(count);
            }

            @Override
            public void note(String text) {
                inner.note(text);
            }

            @Override
            public void close() {
                inner.close();
            }
        };
    }

    @Override
    public void say(String line) {
        reader.say(line);
    }

    @Override
    public boolean stopRequested() {
        return reader.stopRequested();
    }
}
