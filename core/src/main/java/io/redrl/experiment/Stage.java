package io.redrl.experiment;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * Stage of a run: a folder below the run's, what that is made from, and the work that fills it.
 *
 * @param name path of the folder below the run's
 * @param inputs settings and the checksums of all that goes in; asked for when the stages before are done
 * @param items how much work there is, as far as settings tell
 * @param unit plural name of what {@code items} counts; the stage's time is about proportional to it
 * @param lane whether it works on one thread, beside other stages of its group; otherwise it may use all threads
 * @param work what fills the folder
 */
record Stage(String name, Supplier<List<?>> inputs, long items, String unit, boolean lane, Work work) {
    static final String IMAGES = "images";

    /** Fills a stage's folder and nothing else. */
    @FunctionalInterface
    interface Work {
        /** Does what is still to be done, after a stop or a kill too; returns how many items there were in all. */
        long run(Path into);
    }
}
