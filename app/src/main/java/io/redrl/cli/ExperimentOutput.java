package io.redrl.cli;

import io.redrl.evaluation.SummaryTable;
import io.redrl.experiment.ExperimentRunner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Runs an experiment and prints its table and where its report is. */
final class ExperimentOutput {
    private ExperimentOutput() {}

    static void run(RedrlCommand redrl, Path file, Path runs) {
        long start = System.nanoTime();
        ExperimentRunner.Outcome outcome = ExperimentRunner.run(file, runs, repository(), redrl.progress());
        List<String> header = SummaryTable.header();
        Table table = new Table()
                .words(header.get(0))
                .numbers(header.subList(1, header.size()).toArray(String[]::new));
        outcome.summary().cells().forEach(row -> table.row(row.toArray(String[]::new)));
        redrl.out().println(table);
        outcome.expected().forEach(check -> redrl.out().println(check.line()));
        redrl.out().println("Done in " + Durations.text(Duration.ofNanos(System.nanoTime() - start)));
        redrl.out().println("Report: " + outcome.report().toAbsolutePath().normalize());
    }

    /** The clone that the program was built from, as the launcher says; else the working directory. */
    static Path repository() {
        return Path.of(System.getProperty("redrl.root", "."));
    }
}
