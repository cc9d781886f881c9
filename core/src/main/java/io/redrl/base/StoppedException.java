package io.redrl.base;

/** Long work was asked to stop and did so between two steps; what it had finished is on disk. */
public final class StoppedException extends RedrlException {
    private static final long serialVersionUID = 1L;

    /** Says that the same command goes on from here. */
    public StoppedException() {
        super("Stopped. What was finished is kept; run the same command again to go on.");
    }
}
