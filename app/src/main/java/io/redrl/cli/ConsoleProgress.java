package io.redrl.cli;

import io.redrl.base.Progress;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Progress on standard error: a bar on a terminal, plain lines elsewhere, nothing at all with {@code --quiet}. Only one
 * bar fits the terminal's last line, so a task that is started inside another is written as lines.
 */
final class ConsoleProgress implements Progress {
    private final Console console;
    private final boolean quiet;
    private final BooleanSupplier stop;
    private final LongSupplier nanoTime;
    private boolean barShown;

    ConsoleProgress(Console console, boolean quiet, BooleanSupplier stop, LongSupplier nanoTime) {
        this.console = console;
        this.quiet = quiet;
        this.stop = stop;
        this.nanoTime = nanoTime;
    }

    @Override
    public synchronized Task start(String name, long total, String unit) {
        if (quiet) {
            return Progress.silent().start(name, total, unit);
        }
        if (!console.terminal() || barShown) {
            return new PlainTask(name, total, unit, this::say, nanoTime);
        }
        barShown = true;
        return new BarTask(name, total, unit, console, this::barClosed);
    }

    private synchronized void barClosed() {
        barShown = false;
    }

    @Override
    public synchronized void say(String line) {
        if (!quiet) {
            tell(line);
        }
    }

    /** One line for the reader, with {@code --quiet} too. */
    synchronized void tell(String line) {
        // One call, so that the thread which redraws the bar cannot come in between.
        console.err().print((barShown ? BarTask.CLEAR_LINE : "") + line + System.lineSeparator());
        console.err().flush();
    }

    @Override
    public boolean stopRequested() {
        return stop.getAsBoolean();
    }
}
