package io.redrl.cli;

import io.redrl.base.Durations;
import io.redrl.base.Json;
import io.redrl.base.Seed;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.RedrlHome;
import io.redrl.data.Split;
import io.redrl.model.ModelCard;
import io.redrl.tensor.Precision;
import io.redrl.training.Recipe;
import io.redrl.training.VictimSpec;
import io.redrl.training.VictimTrainer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code redrl victim train}. */
@Command(
        name = "train",
        description = "Train a model into a folder: weights, model card, metrics. The same command goes on where it was"
                + " stopped.")
final class VictimTrainCommand implements Runnable {
    private final RedrlCommand redrl;

    @Spec
    private CommandSpec spec;

    @Option(names = "--model", required = true, paramLabel = "MODEL", description = "One of redrl victim list.")
    private String model;

    @Option(names = "--data", required = true, paramLabel = "NAME", description = "The data set, such as cifar10.")
    private String data;

    @Option(
            names = "--recipe",
            defaultValue = "one-cycle",
            description = "one-cycle: short, for CPUs. paper: its rates, meant for 50 epochs. Default: one-cycle.")
    private String recipe;

    @Option(names = "--epochs", description = "Default: 15 with one-cycle, 50 with paper.")
    private Optional<Integer> epochs;

    @Option(names = "--batch", defaultValue = "128", description = "Images per step; default: 128.")
    private int batch;

    @Option(
            names = "--train-images",
            defaultValue = "0",
            description = "Learn from the first so many images only; default: from all.")
    private int trainImages;

    @Option(
            names = "--precision",
            defaultValue = "auto",
            description = "auto, fp32 or bf16, of the forward pass in training; default: auto.")
    private Precision precision;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Of initial weights, order and augmentation; default: 0.")
    private long seed;

    @Option(names = "--out", paramLabel = "DIR", description = "Default: models/MODEL in the cache.")
    private Optional<Path> out;

    @Option(names = "--json", description = "Print the model card as JSON.")
    private boolean json;

    VictimTrainCommand(RedrlCommand redrl) {
        this.redrl = redrl;
    }

    @Override
    public void run() {
        VictimSpec victim = victim();
        ImageDataset train = Datasets.open(data, Split.TRAIN);
        ImageDataset test = Datasets.open(data, Split.TEST);
        Path folder = out.orElseGet(() -> RedrlHome.path().resolve("models").resolve(model));
        ModelCard card = VictimTrainer.train(victim, new Seed(seed), train, test, folder, redrl.progress());
        if (json) {
            redrl.out().print(Json.pretty(card));
            return;
        }
        redrl.out()
                .println(String.format(
                        Locale.ROOT,
                        "%s: %.2f %% of %s, after %d epochs in %s",
                        model,
                        100 * card.testAccuracy(),
                        card.testDataset(),
                        card.epochs(),
                        Durations.text(Duration.ofMillis(Math.round(card.minutes() * 60_000)))));
        redrl.out().println("The model is in " + folder);
    }

    /** What was asked for; settings out of range are wrong usage. */
    private VictimSpec victim() {
        return WrongUsage.unless(
                spec.commandLine(),
                () -> new VictimSpec(
                        model,
                        Recipe.named(recipe),
                        epochs.orElse(recipe.equals("paper") ? 50 : 15),
                        batch,
                        trainImages,
                        precision));
    }
}
