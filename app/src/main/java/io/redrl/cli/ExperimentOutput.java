package io.redrl.cli;

import io.redrl.base.Checks;
import io.redrl.base.Durations;
import io.redrl.evaluation.SummaryTable;
import io.redrl.experiment.AttributionExperiment;
import io.redrl.experiment.DryRun;
import io.redrl.experiment.ExperimentCheck;
import io.redrl.experiment.ExperimentRunner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Runs an experiment and prints its table and where its report is. */
final class ExperimentOutput {
    private ExperimentOutput() {}

    /** Says that nothing is wrong with an experiment's file. */
    static void check(RedrlCommand redrl, Path file, Optional<String> data) {
        requireSound(redrl, file, data);
        redrl.out().println("Nothing is wrong with " + file + ".");
    }

    /** Says everything that is wrong with an experiment's file. */
    private static void requireSound(RedrlCommand redrl, Path file, Optional<String> data) {
        List<ExperimentCheck.Problem> problems = ExperimentCheck.of(file, data, repository());
        problems.forEach(problem -> redrl.problem(file + ": " + problem));
        Checks.require(
                problems.isEmpty(),
                "%d %s wrong with %s; nothing was run",
                problems.size(),
                problems.size() == 1 ? "thing is" : "things are",
                file);
    }

    static void run(RedrlCommand redrl, Path file, Optional<String> data, Path runs) {
        requireSound(redrl, file, data);
        long start = System.nanoTime();
        ExperimentRunner.Outcome outcome = ExperimentRunner.run(file, data, runs, repository(), redrl.progress());
        List<String> header = SummaryTable.header();
        Table table = new Table()
                .words(header.get(0))
                .numbers(header.subList(1, header.size()).toArray(String[]::new));
        outcome.summary().cells().forEach(row -> table.row(row.toArray(String[]::new)));
        redrl.print(table);
        outcome.expected().forEach(check -> redrl.out().println(check.line()));
        redrl.out().println("Done in " + Durations.text(Duration.ofNanos(System.nanoTime() - start)));
        redrl.out().println("Report: " + outcome.report().toAbsolutePath().normalize());
    }

    /** Makes a model of attribution, or looks at the file only. */
    static void attribution(RedrlCommand redrl, Path file, Path runs, boolean check) {
        AttributionExperiment experiment = AttributionExperiment.read(file, redrl::warn);
        if (check) {
            redrl.out().println("Nothing is wrong with " + file + ".");
            return;
        }
        long start = System.nanoTime();
        AttributionExperiment.Outcome outcome = experiment.run(runs, redrl.progress());
        redrl.out().print(outcome.table());
        redrl.out().println("Done in " + Durations.text(Duration.ofNanos(System.nanoTime() - start)));
        redrl.out().println("Model: " + outcome.model().toAbsolutePath().normalize());
    }

    /** Tries an experiment out and prints what the whole would cost. */
    static void dryRun(RedrlCommand redrl, Path file, Optional<String> data, int images, Path runs) {
        Checks.inRange("dry-run", images, 2, DryRun.MOST);
        requireSound(redrl, file, data);
        DryRun.Outcome outcome = DryRun.run(file, data, images, runs, repository(), redrl.progress());
        Table table = new Table().words("stage of the whole").numbers("work", "rate", "lanes", "hours");
        for (DryRun.Cost cost : outcome.costs()) {
            table.row(
                    cost.stage(),
                    String.format(Locale.ROOT, "%,d %s", cost.items(), cost.unit()),
                    rate(cost.rate()),
                    Integer.toString(cost.lanes()),
                    hours(cost.hours()));
        }
        table.row("all", "", "", "", hours(outcome.hours()));
        redrl.out()
                .println("Every stage ran on " + images + " images of each split. The whole, at the rates measured:");
        redrl.print(table);
        redrl.out()
                .println(
                        "Hours on this machine by its clock, as busy as it is now; stages in lanes run side by side, at this rate each."
                                + " Rates are of small batches: the estimate is rather high. Attacks count all their steps, though some stop"
                                + " an image early; saliency counts every image as one that qualifies.");
        DryRun.Memory memory = outcome.memory();
        redrl.out()
                .println("Memory that the whole needs, about: " + gibibytes(memory.heap()) + " of Java's heap (-Xmx), "
                        + (memory.process() == 0
                                ? "what beside it is not known here; "
                                : gibibytes(memory.process()) + " in all; ")
                        + gibibytes(memory.mapped())
                        + " of disk for its sets' pixels, which are mapped and never read whole.");
        redrl.out()
                .println("Report of the dry run, whose numbers mean nothing: "
                        + outcome.report().toAbsolutePath().normalize());
    }

    private static String gibibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
    }

    private static String rate(double rate) {
        return String.format(Locale.ROOT, rate < 1 ? "%.2g/s" : rate < 100 ? "%.1f/s" : "%.0f/s", rate);
    }

    private static String hours(double hours) {
        return String.format(Locale.ROOT, hours < 10 ? "%.2f" : "%,.0f", hours);
    }

    /** The clone that the program was built from, as the launcher says; else the working directory. */
    static Path repository() {
        return Path.of(System.getProperty("redrl.root", "."));
    }
}
