package io.redrl.data;

import io.redrl.base.Progress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/** Keeps what was said. */
final class SpokenProgress implements Progress, Progress.Task {
    final List<String> lines = new CopyOnWriteArrayList<>();
    final List<String> tasks = new CopyOnWriteArrayList<>();
    private final BooleanSupplier stop;

    SpokenProgress() {
        this(() -> false);
    }

    SpokenProgress(BooleanSupplier stop) {
        this.stop = stop;
    }

    @Override
    public Task start(String name, long total, String unit) {
        tasks.add(name);
        return this;
    }

    @Override
    public void say(String line) {
        lines.add(line);
    }

    @Override
    public boolean stopRequested() {
        return stop.getAsBoolean();
    }

    @Override
    public void advance(long count) {}

    @Override
    public void note(String text) {}

    @Override
    public void close() {}
}
