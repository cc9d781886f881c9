package io.redrl.cli;

import io.redrl.data.Datasets;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code redrl demo}: the main job on real data, at a scale that a laptop pays for in minutes. */
@Command(
        name = "demo",
        description = "The main job in minutes: get CIFAR-10, train a small victim, attack it with all five attacks,"
                + " train the recogniser and what it is compared with, measure, and write a report. The same command"
                + " goes on where it was stopped.")
final class DemoCommand implements Runnable {
    private final RedrlCommand redrl;

    @Option(
            names = "--runs",
            paramLabel = "DIR",
            description = "Where results go, into the folder demo; default: runs in the clone.")
    private Optional<Path> runs;

    DemoCommand(RedrlCommand redrl) {
        this.redrl = redrl;
    }

    @Override
    public void run() {
        Datasets.fetch("cifar10", Optional.empty(), redrl.progress());
        Path root = ExperimentOutput.repository();
        ExperimentOutput.run(
                redrl, root.resolve("experiments/demo.yaml"), Optional.empty(), runs.orElse(root.resolve("runs")));
    }
}
