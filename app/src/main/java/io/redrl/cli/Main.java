package io.redrl.cli;

import io.redrl.data.RedrlHome;
import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.model.ScriptSettings;
import io.redrl.model.Victims;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;

/** The command line's door: builds the commands, turns what they throw into a line and an exit code. */
public final class Main {
    private Main() {}

    /** Runs one command line and ends the process with its exit code. */
    public static void main(String[] args) {
        Console console = Console.ofProcess();
        StopSignal stop = new StopSignal(
                        () -> console.err()
                                .println(System.lineSeparator()
                                        + "redrl: stopping after this step; Ctrl-C again ends at once"),
                        () -> Runtime.getRuntime().halt(ExitCodes.STOPPED))
                .listen();
        System.exit(run(console, stop::requested, args));
    }

    /**
     * Runs one command line.
     *
     * @param console where to write
     * @param stop whether the user asked to stop; long commands look between steps
     * @param args the arguments
     * @return one of {@link ExitCodes}
     */
    static int run(Console console, BooleanSupplier stop, String... args) {
        RedrlCommand redrl = new RedrlCommand(console, stop);
        CommandLine line = commands(redrl)
                .setExecutionExceptionHandler(
                        (error, command, parsed) -> Failure.report(error, console.err(), redrl.verbose()))
                .setParameterExceptionHandler((error, ignored) -> UsageError.report(error, console));
        line.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8));
        try {
            return written(line.execute(args), console);
        } catch (Error error) {
            // No memory, or a native library that does not load: picocli hands on exceptions only.
            return Failure.report(error, console.err(), redrl.verbose());
        }
    }

    /** All commands, in the order of the help. */
    static CommandLine commands(RedrlCommand redrl) {
        CommandLine data = new CommandLine(new DataCommand())
                .addSubcommand(new DataFetchCommand(redrl))
                .addSubcommand(new DataInfoCommand(redrl));
        CommandLine victim = new CommandLine(new VictimCommand())
                .addSubcommand(new VictimListCommand(redrl))
                .addSubcommand(new VictimTrainCommand(redrl))
                .addSubcommand(new VictimImportCommand(redrl))
                .addSubcommand(new VictimEvaluateCommand(redrl, Main::victim));
        CommandLine saliency = new CommandLine(new SaliencyCommand())
                .addSubcommand(new SaliencyProfileCommand(redrl))
                .addSubcommand(new SaliencyMapCommand(redrl, Main::victim))
                .addSubcommand(new SaliencyStatisticsCommand(redrl, Main::victim))
                .addSubcommand(new SaliencyMergeCommand(redrl));
        CommandLine all = new CommandLine(redrl)
                .addSubcommand(new DemoCommand(redrl))
                .addSubcommand(new RunCommand(redrl))
                .addSubcommand(new CommandLine(new ExperimentCommand()).addSubcommand(new ExperimentNewCommand(redrl)))
                .addSubcommand(data)
                .addSubcommand(victim)
                .addSubcommand(AttackCommand.line(redrl, Main::victim))
                .addSubcommand(new IdentifyCommand(redrl))
                .addSubcommand(new ServeCommand(redrl))
                .addSubcommand(new FitCommand(redrl, Main::victim))
                .addSubcommand(new ExportCommand(redrl))
                .addSubcommand(saliency)
                .setCaseInsensitiveEnumValuesAllowed(true);
        Conversions.addTo(all);
        return all;
    }

    private static Classifier victim(String nameOrPath, ScriptSettings settings, Optional<ImageShape> images) {
        return Victims.load(nameOrPath, RedrlHome.path().resolve("models"), settings, images);
    }

    /** The code of a command, unless what it printed has got lost. */
    private static int written(int code, Console console) {
        // Print streams keep errors to themselves.
        if (!console.out().checkError()) {
            return code;
        }
        console.err().println("redrl: could not write to standard output: is the disk full, or has its reader gone?");
        return ExitCodes.FAILED;
    }
}
