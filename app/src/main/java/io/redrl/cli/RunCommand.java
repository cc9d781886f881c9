package io.redrl.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code redrl run}. */
@Command(
        name = "run",
        description = "Run an experiment: victims, attacks, recognisers, evaluation, report. The same command goes on"
                + " where it was stopped, and does again only what has changed.")
final class RunCommand implements Runnable {
    private final RedrlCommand redrl;

    @Parameters(paramLabel = "FILE", description = "The experiment, such as experiments/demo.yaml.")
    private Path file;

    @Option(
            names = "--runs",
            paramLabel = "DIR",
            defaultValue = "runs",
            description = "Where results go, into a folder with the experiment's name; default: ${DEFAULT-VALUE}.")
    private Path runs;

    RunCommand(RedrlCommand redrl) {
        this.redrl = redrl;
    }

    @Override
    public void run() {
        ExperimentOutput.run(redrl, file, runs);
    }
}
