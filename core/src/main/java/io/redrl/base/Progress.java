package io.redrl.base;

/**
 * The progress of long work: told how far it is, asked whether to stop. Implemented by the command line (a bar on a terminal,
 * plain lines elsewhere); libraries and tests use {@link #silent()}.
 */
public interface Progress {

    /**
     * Begins a stretch of work.
     *
     * @param name what is being done, in a few words
     * @param total how many units there are
     * @param unit plural name of a unit, such as {@code images}
     */
    Task start(String name, long total, String unit);

    /** One line for the reader, between tasks. */
    void say(String line);

    /** Whether the user asked to stop. */
    boolean stopRequested();

    /** Throws {@link StoppedException} if the user asked to stop; called between steps. */
    default void checkStopped() {
        if (stopRequested()) {
            throw new StoppedException();
        }
    }

    /** A stretch of work; closing it ends its bar. */
    interface Task extends AutoCloseable {
        /** {@code count} more units are done. */
        void advance(long count);

        /** A short word beside the bar, such as the loss. */
        void note(String text);

        @Override
        void close();
    }

    /** Says nothing and never stops. */
    static Progress silent() {
        return SilentProgress.INSTANCE;
    }
}
