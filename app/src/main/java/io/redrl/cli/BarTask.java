package io.redrl.cli;

import io.redrl.base.Progress;
import java.io.PrintStream;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress as a bar that is redrawn in place. */
final class BarTask implements Progress.Task {
    /** Back to the first column, and clear the line. */
    static final String CLEAR_LINE = "\r\u001b[K";

    private final ProgressBar bar;
    private final Runnable whenClosed;
    private boolean closed;

    /**
     * @param console the terminal
     * @param whenClosed called once, when the bar has been drawn for the last time
     */
    BarTask(String name, long total, String unit, Console console, Runnable whenClosed) {
        this.whenClosed = whenClosed;
        this.bar = new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(total)
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setUnit(" " + unit, 1)
                .showSpeed()
                .setUpdateIntervalMillis(250)
                .setConsumer(new Line(console))
                .build();
    }

    @Override
    public void advance(long count) {
        bar.stepBy(count);
    }

    @Override
    public void note(String text) {
        bar.setExtraMessage(text);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            bar.close();
            whenClosed.run();
        }
    }

    /** The last line of the terminal. */
    private record Line(PrintStream err, int columns) implements ProgressBarConsumer {
        Line(Console console) {
            this(console.err(), console.columns());
        }

        @Override
        public int getMaxRenderedLength() {
            return columns - 1;
        }

        @Override
        public void accept(String text) {
            err.print(CLEAR_LINE + text);
            err.flush();
        }

        @Override
        public void close() {
            err.println();
            err.flush();
        }
    }
}
