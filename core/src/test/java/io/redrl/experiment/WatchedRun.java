package io.redrl.experiment;

import io.redrl.base.Progress;
import io.redrl.base.StoppedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Keeps what a run begins and says, and asks it to stop when it has begun so many tasks. */
final class WatchedRun implements Progress {
    final List<String> tasks = Collections.synchronizedList(new ArrayList<>());
    final List<String> said = Collections.synchronizedList(new ArrayList<>());
    private final int stopAt;

    private WatchedRun(int stopAt) {
        this.stopAt = stopAt;
    }

    static WatchedRun toTheEnd() {
        return new WatchedRun(Integer.MAX_VALUE);
    }

    /**
     * Runs an experiment whose every attempt is stopped, each a task later than the one before, until one comes to the end.
     *
     * @return how often it was stopped
     * @throws StoppedException when it has been {@code most} times
     */
    static int stoppedAgainAndAgain(Path file, Path runs, Path repository, int most) {
        int stops = 0;
        while (true) {
            try {
                ExperimentRunner.run(file, runs, repository, new WatchedRun(1 + stops));
                return stops;
            } catch (StoppedException e) {
                stops++;
                if (stops == most) {
                    throw e;
                }
            }
        }
    }

    @Override
    public Task start(String name, long total, String unit) {
        tasks.add(name);
        return Progress.silent().start(name, total, unit);
    }

    @Override
    public void say(String line) {
        said.add(line);
    }

    @Override
    public boolean stopRequested() {
        return tasks.size() >= stopAt;
    }
}
