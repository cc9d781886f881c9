package io.redrl.cli;

import io.redrl.experiment.AttributionExperiment;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code redrl run}. */
@Command(
        name = "run",
        description = "Run an experiment: victims, attacks, recognisers, evaluation, report. The same command goes on"
                + " where it was stopped, and does again only what has changed.")
final class RunCommand implements Runnable {
    private final RedrlCommand redrl;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The experiment, such as experiments/demo.yaml.")
    private Path file;

    @Option(
            names = "--runs",
            paramLabel = "DIR",
            defaultValue = "runs",
            description = "Where results go, into a folder with the experiment's name; default: ${DEFAULT-VALUE}.")
    private Path runs;

    @Option(
            names = "--data",
            paramLabel = "NAME",
            description = "Where the data set lies, if not where the experiment says: tiny-imagenet:PATH.")
    private Optional<String> data;

    @Option(
            names = "--dry-run",
            paramLabel = "N",
            description = "Only try out: every stage on N images of each split, for a few steps, into the folder"
                    + " NAME-dry-run; then estimate what the whole would cost on this machine. 8 to 16 are enough.")
    private Optional<Integer> dryRun;

    @Option(
            names = "--check",
            description =
                    "Only look at the file, and at the images and victims that it names: everything that is wrong, with"
                            + " lines. Nothing is run or written.")
    private boolean check;

    @Option(names = "--rehearse", hidden = true, paramLabel = "N", description = "Old name of --dry-run.")
    private Optional<Integer> rehearse;

    RunCommand(RedrlCommand redrl) {
        this.redrl = redrl;
    }

    @Override
    public void run() {
        if (rehearse.isPresent()) {
            redrl.warn("--rehearse is called --dry-run now; the old name goes with the next version");
        }
        if (AttributionExperiment.is(file)) {
            WrongUsage.unless(
                    spec.commandLine(),
                    data.isEmpty() && dryRun.isEmpty() && rehearse.isEmpty(),
                    "--data and --dry-run are not for experiments with worlds: these name their data, world by world");
            ExperimentOutput.attribution(redrl, file, runs, check);
            return;
        }
        if (check) {
            ExperimentOutput.check(redrl, file, data);
            return;
        }
        dryRun.or(() -> rehearse)
                .ifPresentOrElse(
                        images -> ExperimentOutput.dryRun(redrl, file, data, images, runs),
                        () -> ExperimentOutput.run(redrl, file, data, runs));
    }
}
