package io.redrl.cli;

/** What the process tells its caller. */
final class ExitCodes {
    /** All was done. */
    static final int DONE = 0;
    /** It could not be done; standard error says why. */
    static final int FAILED = 1;
    /** The command line was wrong; nothing was begun. */
    static final int USAGE = 2;
    /** The user stopped it (Ctrl-C or {@code kill}); what was finished is kept. 128 + SIGINT, as shells have it. */
    static final int STOPPED = 130;

    private ExitCodes() {}
}
