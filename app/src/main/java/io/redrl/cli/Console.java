package io.redrl.cli;

import java.io.PrintStream;

/**
 * Where the command line writes.
 *
 * @param out results, and nothing else
 * @param err progress, warnings, errors
 * @param terminal whether a person watches {@code err}: a bar is redrawn there, elsewhere lines are written
 * @param columns the width of that terminal
 */
public record Console(PrintStream out, PrintStream err, boolean terminal, int columns) {
    /** The process's own streams; the launcher knows whether they are a terminal. */
    static Console ofProcess() {
        return new Console(
                System.out, System.err, Boolean.getBoolean("redrl.tty"), Integer.getInteger("redrl.columns", 100));
    }
}
