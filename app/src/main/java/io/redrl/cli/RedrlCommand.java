package io.redrl.cli;

import io.redrl.base.Progress;
import io.redrl.tensor.ComputeDevice;
import java.io.PrintStream;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code redrl}: holds what every command has, which is where it writes and how much. */
@Command(
        name = "redrl",
        description = "Which adversarial attack made this image, what it changed, and what it does inside the network.",
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            ExitCodes.DONE + ":done",
            ExitCodes.FAILED + ":failed; standard error says why",
            ExitCodes.USAGE + ":wrong usage; nothing was begun",
            ExitCodes.STOPPED + ":stopped by Ctrl-C or kill; what was finished is kept"
        })
final class RedrlCommand implements Runnable {
    private static final int MARGIN = 80;

    private final Console console;
    private final BooleanSupplier stop;

    @Spec
    private CommandSpec spec;

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Show the stack trace of an error.")
    private boolean verbose;

    @Option(names = "--quiet", scope = ScopeType.INHERIT, description = "Show no progress, only results and errors.")
    private boolean quiet;

    @Option(
            names = "--device",
            scope = ScopeType.INHERIT,
            paramLabel = "DEVICE",
            description =
                    "What networks run on: cpu, cuda:0, or auto: a GPU where there is one. Default: what an experiment's"
                            + " file says, else auto.")
    @SuppressWarnings("UnusedMethod") // by the parser of options
    private void device(String name) {
        ComputeDevice.ask(name);
    }

    private @Nullable ConsoleProgress progress;

    /**
     * @param console where to write
     * @param stop whether the user asked to stop
     */
    RedrlCommand(Console console, BooleanSupplier stop) {
        this.console = console;
        this.stop = stop;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command.");
    }

    /** Where results go. */
    PrintStream out() {
        return console.out();
    }

    /** Prints a table that fits the terminal, or 80 columns. */
    void print(Table table) {
        out().println(table.text(width()));
    }

    /** How wide what people read may be. */
    int width() {
        return console.terminal() ? Math.max(MARGIN, console.columns()) : MARGIN;
    }

    /** Says on standard error what the user should know, whatever the options. */
    void warn(String text) {
        consoleProgress().tell("redrl: warning: " + text);
    }

    /** Says on standard error what went wrong with one of many things; the others go on. */
    void problem(String text) {
        consoleProgress().tell("redrl: " + text);
    }

    /** Progress that obeys the options; only asked for when a command runs, because the options are read by then. */
    Progress progress() {
        return consoleProgress();
    }

    /** One for all, so that what is said knows of the bar that is shown. */
    private ConsoleProgress consoleProgress() {
        if (progress == null) {
            progress = new ConsoleProgress(console, quiet, stop, System::nanoTime);
        }
        return progress;
    }

    boolean verbose() {
        return verbose;
    }
}
