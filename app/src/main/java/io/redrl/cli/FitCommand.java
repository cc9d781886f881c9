package io.redrl.cli;

import io.redrl.attack.VictimCheck;
import io.redrl.attribution.AttributionFit;
import io.redrl.attribution.AttributionModel;
import io.redrl.attribution.FitImages;
import io.redrl.attribution.FitReport;
import io.redrl.attribution.FitSettings;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.IndexRanges;
import io.redrl.data.Split;
import io.redrl.identify.IdentifyModels;
import io.redrl.model.Classifier;
import io.redrl.model.ScriptSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code redrl fit}. */
@Command(
        name = "fit",
        description = "Fit the shipped model to your own images and your own victim: attack the images, train on,"
                + " calibrate, and say on held-out images whether it is better. The same command goes on where it was"
                + " stopped.",
        footer = {
            "",
            "The images should be as they are before anybody attacks them; labels are not needed. 500 images of 32x32 take at"
                    + " most 20 minutes of two cores. What comes out is used with: redrl identify --models DIR",
            "Example: ./redrl fit --images photos/ --victim mine.pt --out models/mine"
        })
final class FitCommand implements Runnable {
    private static final String MODEL = "attribution";

    private static final int MOST_NAMED = 10;

    private final RedrlCommand redrl;
    private final VictimOptions.Opener victims;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"--images", "--data"},
            required = true,
            paramLabel = "NAME",
            description = "cifar10, tiny-imagenet, the path of " + Datasets.PATHS + ", or - for standard input.")
    private String images;

    @Option(names = "--split", defaultValue = "test", description = "train or test; default: test.")
    private Split split;

    @Option(names = "--indices", paramLabel = "LIST", description = "Such as 1000-1099,5,7-9; default: all images.")
    private Optional<String> indices;

    @Option(
            names = "--resize",
            description =
                    "Scale the images of a folder to the victim's size (bilinear with antialiasing, proportions not"
                            + " kept); they may then differ in size.")
    private boolean resize;

    @Option(
            names = "--strict",
            description = "Stop if an image or folder cannot be read. Without it such images are named and left out.")
    private boolean strict;

    @Option(
            names = "--victim",
            required = true,
            paramLabel = "V",
            description = "The model to fool: the name of a trained victim, its folder, or a TorchScript file.")
    private String victim;

    @Mixin
    private VictimOptions.WithOutput victimOptions = new VictimOptions.WithOutput();

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "The model to begin with; default: the one that redrl comes with.")
    private Optional<Path> model;

    @Option(
            names = "--attacks",
            paramLabel = "N",
            description =
                    "How many attacks each image meets. Default: 8 if there are 500 images and more, up to 24 if fewer;"
                            + " fewer if they are so large that memory is short.")
    private Optional<Integer> attacks;

    @Option(names = "--steps", paramLabel = "N", description = "Of training; default: 600.")
    private Optional<Integer> steps;

    @Option(names = "--seed", defaultValue = "0", description = "Of everything that is drawn; default: 0.")
    private long seed;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "The folder of the new model.")
    private Path out;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    FitCommand(RedrlCommand redrl, VictimOptions.Opener victims) {
        this.redrl = redrl;
        this.victims = victims;
    }

    @Override
    public void run() {
        ScriptSettings said = victimOptions.settings(spec.commandLine());
        FitSettings settings = WrongUsage.unless(spec.commandLine(), () -> {
            FitSettings given = FitSettings.DEFAULTS.withAttacks(attacks).withSeed(seed);
            return steps.map(given::withSteps).orElse(given);
        });
        AttributionFit.requirePlace(out);
        Path start = start();
        String source = images.equals(StandardInput.NAME)
                ? StandardInput.file(Path.of(images)).toString()
                : images;
        Optional<ImageDataset> early =
                resize ? Optional.empty() : Optional.of(Datasets.openReadable(source, split, Optional.empty()));
        try (Classifier classifier = victims.open(victim, said, early.map(ImageDataset::shape))) {
            VictimOptions.tell(redrl, classifier);
            ImageDataset dataset =
                    early.orElseGet(() -> Datasets.openReadable(source, split, Optional.of(classifier.input())));
            dataset.remarks().forEach(redrl::problem);
            int[] among = indices.map(
                            text -> WrongUsage.unless(spec.commandLine(), () -> IndexRanges.parse(text, dataset)))
                    .orElseGet(() -> IntStream.range(0, dataset.size()).toArray());
            FitImages chosen = FitImages.choose(dataset, among, settings, redrl.progress());
            tell(chosen);
            if (classifier.input().equals(dataset.shape())) {
                VictimCheck.of(classifier, dataset, chosen.learn()).forEach(warning -> redrl.warn(warning.text()));
            }
            print(AttributionFit.fit(chosen, classifier, start, settings, out, redrl.progress()));
        }
    }

    private Path start() {
        Path folder = model.orElseGet(() -> ExperimentOutput.repository().resolve(IdentifyModels.FOLDER));
        Path inner = folder.resolve(MODEL);
        Path start = Files.isRegularFile(inner.resolve(AttributionModel.CARD)) ? inner : folder;
        Checks.require(Files.isDirectory(start), "There is no model %s to begin with", start);
        return start;
    }

    private void tell(FitImages chosen) {
        if (strict && !chosen.unreadable().isEmpty()) {
            throw new RedrlException(chosen.unreadable().get(0));
        }
        List<String> problems = chosen.unreadable();
        problems.stream().limit(MOST_NAMED).forEach(problem -> redrl.warn("left out: " + problem));
        if (problems.size() > MOST_NAMED) {
            redrl.warn("left out: " + (problems.size() - MOST_NAMED) + " more that cannot be read");
        }
        chosen.remarks().forEach(redrl::warn);
    }

    private void print(FitReport report) {
        if (json) {
            redrl.out().print(Json.pretty(report));
            return;
        }
        Table table = new Table().words(report.heldOut() + " held-out images").numbers("before", "fitted");
        report.rows().forEach(row -> table.row(row.what(), row.before(), row.after()));
        redrl.print(table);
        redrl.out().println(report.answer());
        redrl.out().println("The model is in " + out + ": redrl identify --models " + out);
    }
}
