package io.redrl.experiment;

import io.redrl.base.Fingerprint;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.tensor.Lanes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * Runner of stages. A finished stage is not redone; one that was cut short goes on; one whose settings or inputs have changed starts
 * afresh.
 */
final class Stages {
    private static final String MARK = "stage.json";

    private final Path folder;
    private final Progress progress;
    private final List<StageMark> marks = new ArrayList<>();

    Stages(Path folder, Progress progress) {
        this.folder = folder;
        this.progress = progress;
    }

    /** Makes sure that a stage is done. */
    void run(Stage stage) {
        run(List.of(stage));
    }

    /** Makes sure that stages are done that do not depend on each other: side by side those that take a lane. */
    void run(List<Stage> group) {
        List<Callable<StageMark>> work = new ArrayList<>();
        for (Stage stage : group) {
            // Here and not in a lane: what inputs name is opened with all threads, and once.
            String fingerprint = Fingerprint.of(stage.inputs().get()).sha256();
            if (stage.lane()) {
                work.add(() -> done(stage, fingerprint));
            } else {
                marks.add(done(stage, fingerprint));
            }
        }
        marks.addAll(Lanes.map(work));
    }

    private StageMark done(Stage stage, String fingerprint) {
        progress.checkStopped();
        Path into = folder.resolve(stage.name());
        Path file = into.resolve(MARK);
        StageMark begun = Files.exists(file) ? Json.read(file, StageMark.class) : null;
        if (begun != null && !begun.fingerprint().equals(fingerprint)) {
            progress.say(stage.name() + ": settings or inputs have changed, made again");
            begun = null;
        }
        if (begun != null && begun.finished()) {
            progress.say(stage.name() + ": done before");
            return begun;
        }
        if (begun == null) {
            delete(into);
            String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
            begun = new StageMark(stage.name(), fingerprint, now, false, 0, stage.items(), stage.unit());
            Json.write(file, begun);
        }
        long start = System.nanoTime();
        long items;
        try {
            items = stage.work().run(into);
        } catch (RuntimeException | Error e) {
            try {
                Json.write(file, mark(begun, false, start, stage.items()));
            } catch (RedrlException notKept) { // the time is worth keeping, but not worth hiding the error
                e.addSuppressed(notKept);
            }
            throw e;
        }
        StageMark mark = mark(begun, true, start, items);
        Json.write(file, mark);
        return mark;
    }

    private static StageMark mark(StageMark begun, boolean finished, long start, long items) {
        double seconds = begun.seconds() + (System.nanoTime() - start) / 1e9;
        return new StageMark(
                begun.stage(), begun.fingerprint(), begun.started(), finished, seconds, items, begun.unit());
    }

    /** The marks of the stages that this has seen to, in their order. */
    List<StageMark> marks() {
        return List.copyOf(marks);
    }

    /** Deletes a folder with all that is in it; one that is not there is no mistake. */
    static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new RedrlException("Could not clear " + folder + ": " + e, e);
        }
    }
}
