package io.redrl.base;

/** Long work was asked to stop and did so between two steps. */
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
