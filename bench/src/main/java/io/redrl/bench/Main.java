package io.redrl.bench;

import io.redrl.base.RedrlException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code redrl-bench}. */
@Command(
        name = "redrl-bench",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Measures redrl.",
        subcommands = {
            AdaptiveCommand.class,
            AttacksCommand.class,
            IdentifyCommand.class,
            ServeCommand.class,
            StepsCommand.class
        })
final class Main {
    private static final int STOPPED = 130;

    private Main() {}

    public static void main(String... args) {
        // Ctrl-C: LibTorch's own tidying up would crash under a thread that still computes.
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(STOPPED)));
        int exit = new CommandLine(new Main())
                .setExecutionExceptionHandler((error, command, parsed) -> {
                    System.err.println(
                            "redrl-bench: " + (error instanceof RedrlException ? error.getMessage() : error));
                    return 1;
                })
                .execute(args);
        System.out.flush();
        Runtime.getRuntime().halt(exit);
    }
}
