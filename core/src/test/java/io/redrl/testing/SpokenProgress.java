package io.redrl.testing;

import io.redrl.base.Progress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Progress that keeps what it is told, and asks to stop when a condition of its own holds. */
public class SpokenProgress implements Progress {
    /** What was said. */
    public final List<String> lines = new CopyOnWriteArrayList<>();
    /** The names of the tasks begun. */
    public final List<String> tasks = new CopyOnWriteArrayList<>();

    private final Map<String, Long> units = new ConcurrentHashMap<>();
    private final Predicate<SpokenProgress> stop;

    public SpokenProgress() {
        this(progress -> false);
    }

    public SpokenProgress(Predicate<SpokenProgress> stop) {
        this.stop = stop;
    }

    /** The units done in tasks whose names begin so. */
    public long units(String task) {
        return units.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(task))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    @Override
    public Task start(String name, long total, String unit) {
        tasks.add(name);
        return new Task() {
            @Override
            public void advance(long count) {
                units.merge(name, count, Long::sum);
            }

            @Override
            public void note(String text) {}

            @Override
            public void close() {}
        };
    }

    @Override
    public void say(String line) {
        lines.add(line);
    }

    @Override
    public boolean stopRequested() {
        return stop.test(this);
    }
}
