package io.redrl.cli;

/** What the process tells its caller. */
final class ExitCodes {
    /** All was done. */
    static final int DONE = 0;
    /** It could not be done; standard error says why. */
    static final int FAILED = 1;
    /** The command line was wrong; nothing was begun. */
    static final int USAGE = 2;
    /** {@code identify}: at least one image is attacked. */
    static final int ATTACKED = 3;
    /** {@code identify}: no image is attacked, but at least one is of no kind that the recogniser knows. */
    static final int UNKNOWN = 4;
    /** The user stopped it (Ctrl-C or {@code kill}); what was finished is kept. 128 + SIGINT, as shells have it. */
    static final int STOPPED = 130;

    private ExitCodes() {}
}
