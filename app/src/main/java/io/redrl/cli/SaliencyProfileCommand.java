package io.redrl.cli;

import io.redrl.evaluation.SaliencyEvaluation;
import io.redrl.experiment.ExperimentRunner;
import io.redrl.report.Figures;
import io.redrl.saliency.ProfileComparison;
import io.redrl.saliency.ProfileNumbers;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code redrl saliency profile}. */
@Command(
        name = "profile",
        description =
                "Saliency profiles: filters of an experiment's victims that each of its attacks activates, on its test set: figures"
                        + " (PNG and SVG), maps, and the numbers as JSON. Trains victims and attacks images first where that was not"
                        + " done.")
final class SaliencyProfileCommand implements Runnable {
    private static final String CLEAN = "clean";

    private final RedrlCommand redrl;

    @Option(
            names = "--experiment",
            required = true,
            paramLabel = "FILE",
            description = "The experiment, such as experiments/demo.yaml.")
    private Path file;

    @Option(
            names = "--runs",
            paramLabel = "DIR",
            defaultValue = "runs",
            description = "Where results go, into a folder with the experiment's name; default: ${DEFAULT-VALUE}.")
    private Path runs;

    SaliencyProfileCommand(RedrlCommand redrl) {
        this.redrl = redrl;
    }

    @Override
    public void run() {
        ExperimentRunner.SaliencyOutcome outcome =
                ExperimentRunner.saliency(file, runs, ExperimentOutput.repository(), redrl.progress());
        for (SaliencyEvaluation.Victim victim : outcome.measured().victims()) {
            Table table = new Table()
                    .words(victim.name())
                    .numbers("Images", "First third", "Middle", "Last", "Distance to clean", "p");
            for (ProfileNumbers numbers : victim.numbers()) {
                Optional<ProfileComparison> clean = victim.comparisons().stream()
                        .filter(c -> c.first().equals(CLEAN) && c.second().equals(numbers.attack()))
                        .findFirst();
                table.row(
                        numbers.attack(),
                        Integer.toString(numbers.images()),
                        share(numbers.first()),
                        share(numbers.middle()),
                        share(numbers.last()),
                        clean.map(c -> String.format(Locale.ROOT, "%.2f", c.distance()))
                                .orElse(""),
                        clean.map(c -> String.format(Locale.ROOT, "%.3f", c.pValue()))
                                .orElse(""));
            }
            redrl.print(table);
        }
        Figures.saliency(outcome.measured(), outcome.folder())
                .forEach(figure -> redrl.out().println(figure));
        redrl.out().println("Numbers: " + outcome.folder().resolve("saliency.json"));
    }

    private static String share(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
