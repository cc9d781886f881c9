package io.redrl.experiment;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Checksums;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The stages of one run, each in a folder of its own with a mark that says what it was made from. A finished stage is
 * not redone; one that was cut short goes on; one whose settings or inputs have changed starts afresh.
 */
final class Stages {
    private static final String MARK = "stage.json";

    private final Path folder;
    private final Progress progress;
    private final List<StageMark> marks = Collections.synchronizedList(new ArrayList<>());

    Stages(Path folder, Progress progress) {
        this.folder = folder;
        this.progress = progress;
    }

    /** Does the work of a stage in {@code folder}; called again after a kill, it goes on where it was. */
    interface Work {
        void run(Path folder);
    }

    /**
     * Makes sure that a stage is done.
     *
     * @param name path of the stage's folder below the run's
     * @param madeFrom checksum of settings and inputs
     * @param items how much there is to do, for the report
     * @param unit what {@code items} counts
     * @return the stage's folder
     */
    Path ensure(String name, String madeFrom, long items, String unit, Work work) {
        progress.checkStopped();
        Path stage = folder.resolve(name);
        Path markFile = stage.resolve(MARK);
        StageMark begun = Files.exists(markFile) ? Json.read(markFile, StageMark.class) : null;
        if (begun != null && !begun.madeFrom().equals(madeFrom)) {
            progress.say(name + ": settings or inputs have changed, made again");
            begun = null;
        }
        if (begun != null && begun.finished()) {
            progress.say(name + ": done before");
            marks.add(begun);
            return stage;
        }
        if (begun == null) {
            delete(stage);
            String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
            begun = new StageMark(name, madeFrom, now, false, 0, items, unit);
            Json.write(markFile, begun);
        }
        long start = System.nanoTime();
        boolean finished = false;
        try {
            work.run(stage);
            finished = true;
        } finally {
            double seconds = begun.seconds() + (System.nanoTime() - start) / 1e9;
            StageMark mark = new StageMark(name, madeFrom, begun.started(), finished, seconds, items, unit);
            if (finished) {
                Json.write(markFile, mark);
                marks.add(mark);
            } else {
                writeQuietly(markFile, mark);
            }
        }
        return stage;
    }

    /** The folder of the stage called {@code name}, done or not. */
    Path folder(String name) {
        return folder.resolve(name);
    }

    /** The checksum of settings and inputs that a stage is made from. */
    static String madeFrom(Object... parts) {
        return Checksums.of(Json.line(List.of(parts)));
    }

    /** The marks of the stages that this run has ensured, in the order in which they were done. */
    List<StageMark> marks() {
        return List.copyOf(marks);
    }

    /** The time a cut-short stage took is worth keeping, but not worth hiding the error that cut it short. */
    private static void writeQuietly(Path markFile, StageMark mark) {
        try {
            AtomicFiles.writeString(markFile, Json.pretty(mark));
        } catch (RedrlException e) {
            System.getLogger(Stages.class.getName()).log(System.Logger.Level.DEBUG, "mark not written", e);
        }
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
