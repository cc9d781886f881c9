package io.redrl.cli;

import io.redrl.base.Reason;
import io.redrl.base.RedrlException;
import io.redrl.base.StoppedException;
import java.io.PrintStream;

/** What a user reads when something went wrong: one or two lines, and the stack trace only when asked for. */
final class Failure {
    private static final String MEMORY =
            "Out of memory: %s. Use smaller batches or fewer images, or a machine with more.";

    private Failure() {}

    /**
     * Writes the error.
     *
     * @return the exit code: {@link ExitCodes#STOPPED} or {@link ExitCodes#FAILED}
     */
    static int report(Throwable error, PrintStream err, boolean verbose) {
        err.println("redrl: " + message(error, verbose));
        if (verbose) {
            error.printStackTrace(err);
        }
        err.flush();
        return error instanceof StoppedException ? ExitCodes.STOPPED : ExitCodes.FAILED;
    }

    private static String message(Throwable error, boolean verbose) {
        // A library that does not load ends the initialisation of the class that asked for it.
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof RedrlException) {
                return String.valueOf(cause.getMessage());
            }
            if (!(cause instanceof LinkageError)) {
                break;
            }
        }
        // C++ errors are RuntimeExceptions whose message goes on with C++'s own stack trace.
        String first = String.valueOf(error.getMessage()).lines().findFirst().orElse("");
        if (error instanceof OutOfMemoryError || first.contains("can't allocate memory")) {
            return MEMORY.formatted(first);
        }
        return "Unexpected error: " + (error.getMessage() == null ? Reason.of(error) : first)
                + (verbose ? "" : System.lineSeparator() + "redrl: Run again with --verbose for the stack trace.");
    }
}
