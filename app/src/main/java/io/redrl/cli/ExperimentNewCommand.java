package io.redrl.cli;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Checks;
import io.redrl.data.RedrlHome;
import io.redrl.experiment.NewExperiment;
import io.redrl.model.ScriptSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code redrl experiment new}. */
@Command(
        name = "new",
        description = "Write an experiment's file, with comments, that runs as it is on your images and victims.",
        footer = {
            "",
            "Then:",
            "  ./redrl run --check FILE      whether anything is wrong with it",
            "  ./redrl run --dry-run 8 FILE  what it costs",
            "  ./redrl run FILE"
        })
final class ExperimentNewCommand implements Runnable {
    private final RedrlCommand redrl;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "NAME",
            required = true,
            description =
                    "cifar10, tiny-imagenet, a folder with class folders in train and in test, or an .npz file with"
                            + " x_train, y_train, x_test and y_test.")
    private String data;

    @Option(
            names = "--victim",
            paramLabel = "V",
            split = ",",
            description = "The models to attack: names of trained victims, their folders, or TorchScript files. Without"
                    + " it the experiment trains a small one.")
    private List<String> victims = List.of();

    @Option(
            names = "--input-size",
            paramLabel = "N|HxW",
            description =
                    "The size that the victims take, such as 224: images are scaled to it. Default: the images' own.")
    private Optional<String> inputSize = Optional.empty();

    @Option(names = "--name", defaultValue = "mine", description = "Of the experiment; default: ${DEFAULT-VALUE}.")
    private String name;

    @Option(names = "--out", paramLabel = "FILE", description = "Where to write; default: NAME.yaml.")
    private Optional<Path> out;

    ExperimentNewCommand(RedrlCommand redrl) {
        this.redrl = redrl;
    }

    @Override
    public void run() {
        Path file = out.orElseGet(() -> Path.of(name + ".yaml"));
        Checks.require(!Files.exists(file), "%s is there already: give another --out", file);
        String text = NewExperiment.text(
                name,
                data,
                victims.stream().map(ExperimentNewCommand::place).toList(),
                inputSize.map(size ->
                        WrongUsage.unless(spec.commandLine(), () -> ScriptSettings.size("--input-size", size))));
        AtomicFiles.writeString(file, text);
        redrl.out().println("The experiment is in " + file + ". Next: ./redrl run --check " + file);
    }

    /** The file or folder of a victim: what is there, else the trained one of that name. */
    private static Path place(String nameOrPath) {
        Path path = Path.of(nameOrPath);
        if (Files.exists(path)) {
            return path.toAbsolutePath().normalize();
        }
        Path models = RedrlHome.path().resolve("models");
        Path trained = models.resolve(nameOrPath);
        Checks.require(
                Files.exists(trained),
                "there is no victim '%s': neither such a file or folder, nor a trained victim in %s",
                nameOrPath,
                models);
        return trained.toAbsolutePath().normalize();
    }
}
