package io.redrl.base;

/** The progress that says nothing. */
enum SilentProgress implements Progress, Progress.Task {
    INSTANCE;

    @Override
    public Task start(String name, long total, String unit) {
        return this;
    }

    @Override
    public void say(String line) {}

    @Override
    public boolean stopRequested() {
        return false;
    }

    @Override
    public void advance(long count) {}

    @Override
    public void note(String text) {}

    @Override
    public void close() {}
}
