package io.redrl.cli;

import io.redrl.identify.IdentifyModels;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that say which models identify: what judges, repairs, and is suspected. */
final class ModelOptions {
    private static final String NO_VICTIM = "none";

    @Option(
            names = {"--models", "--recogniser"},
            paramLabel = "DIR",
            description = "What judges: a model of redrl fit, or a recogniser of redrl run. Default: the model in"
                    + " models/identify of this clone.")
    private Optional<Path> own = Optional.empty();

    @Option(
            names = "--reconstructor",
            paramLabel = "DIR",
            description =
                    "A trained recogniser whose reconstructor repairs images. Default: that of --models, else the one in"
                            + " models/identify.")
    private Optional<Path> reconstructor = Optional.empty();

    @Option(
            names = "--victim",
            paramLabel = "V",
            description =
                    "A victim that may be the attacked one; may be repeated, for several. A model of attribution asks"
                            + " them all, which makes it right more often, and the first one's verdicts are told: the name of a"
                            + " trained victim, its folder, a TorchScript file. Or none. Default: the verdicts of the one in"
                            + " models/identify are told, and nobody is suspected.")
    private List<String> victims = List.of();

    @Mixin
    private VictimOptions.WithVictimOutput victimOptions = new VictimOptions.WithVictimOutput();

    @Option(
            names = "--statistics",
            paramLabel = "FILE",
            description = "What saliency is measured against, from redrl saliency statistics with the same victim."
                    + " Default: that of models/identify for its own victim.")
    private Optional<Path> statistics = Optional.empty();

    /** Refuses what contradicts itself, before any file is opened. */
    void check(CommandLine line) {
        WrongUsage.unless(
                line,
                victims.size() < 2 || !victims.contains(NO_VICTIM),
                "--victim none and other victims exclude each other");
        victimOptions.settings(line);
    }

    /** Those that were named, and from the clone what was not. */
    IdentifyModels models(CommandLine line) {
        return models().withVictimSettings(victimOptions.settings(line));
    }

    private IdentifyModels models() {
        Path shipped = ExperimentOutput.repository().resolve(IdentifyModels.FOLDER);
        IdentifyModels models =
                own.map(folder -> IdentifyModels.in(folder, shipped)).orElseGet(() -> IdentifyModels.in(shipped));
        if (reconstructor.isPresent()) {
            models = models.withReconstructor(reconstructor.get());
        }
        List<String> named =
                victims.stream().filter(name -> !name.equals(NO_VICTIM)).toList();
        if (!victims.isEmpty()) {
            models = models.withVictim(named.stream().findFirst(), statistics).withSuspects(named);
        } else if (statistics.isPresent()) {
            models = models.withVictim(models.victim(), statistics);
        }
        return models;
    }
}
