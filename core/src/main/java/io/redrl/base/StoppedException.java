package io.redrl.base;

/** The end of long work that was asked to stop, between two steps. */
public final class StoppedException extends RedrlException {
    private static final long serialVersionUID = 1L;

    /** What was finished is on disk: says that the same command goes on from here. */
    public StoppedException() {
        super("Stopped. What was finished is kept; run the same command again to go on.");
    }

    /** For work of which nothing is kept. */
    public StoppedException(String message, StoppedException cause) {
        super(message, cause);
    }
}
