package io.redrl.cli;

import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.IndexRanges;
import io.redrl.data.RedrlHome;
import io.redrl.data.Split;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageFormat;
import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.model.ScriptSettings;
import io.redrl.model.VictimLabels;
import io.redrl.recognition.Recogniser;
import io.redrl.report.Figures;
import io.redrl.saliency.FilterSaliency;
import io.redrl.saliency.FilterStatistics;
import io.redrl.saliency.HeatPicture;
import io.redrl.saliency.ImageSaliency;
import io.redrl.saliency.InputSaliency;
import io.redrl.saliency.StatisticsBuilder;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code redrl saliency map}. */
@Command(
        name = "map",
        description =
                "The most salient filters of a victim for an image, and a heat map of the pixels that make them so: a table,"
                        + " pictures, and the numbers as JSON.")
final class SaliencyMapCommand implements Runnable {
    private static final String FROM_PREDICTION = "from-prediction";
    private static final String FROM_REPAIR = "from-repair";
    private static final int ENLARGED = 8;

    private final RedrlCommand redrl;
    private final VictimOptions.Opener victims;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--image",
            required = true,
            paramLabel = "FILE",
            description = "A " + ImageFormat.NAMES + " file of the victim's size.")
    private Path image;

    @Option(
            names = "--victim",
            required = true,
            paramLabel = "V",
            description = "The name of a trained victim, its folder, or a TorchScript file.")
    private String victim;

    @Mixin
    private VictimOptions.WithOutput victimOptions = new VictimOptions.WithOutput();

    @Option(
            names = "--label",
            paramLabel = "N",
            defaultValue = FROM_PREDICTION,
            description =
                    "The class with which saliency is measured: its number, from-prediction (the victim's verdict on the"
                            + " image), or from-repair (its verdict on the image that a recogniser has repaired). Default:"
                            + " ${DEFAULT-VALUE}.")
    private String label;

    @Option(names = "--recogniser", paramLabel = "DIR", description = "A trained recogniser, for from-repair.")
    private Optional<Path> recogniser = Optional.empty();

    @Option(
            names = "--statistics",
            paramLabel = "FILE",
            description =
                    "What redrl saliency statistics has written. Default: over the images of --data and --indices, made"
                            + " when first asked for and kept in the cache.")
    private Optional<Path> statistics = Optional.empty();

    @Option(names = "--data", paramLabel = "NAME", defaultValue = "cifar10", description = "Default: ${DEFAULT-VALUE}.")
    private String data;

    @Option(
            names = "--indices",
            paramLabel = "RANGES",
            defaultValue = "0-999",
            description = "Of the test split; default: ${DEFAULT-VALUE}.")
    private String indices;

    @Option(
            names = "--filters",
            paramLabel = "N",
            defaultValue = "10",
            description = "How many filters are boosted and listed; default: ${DEFAULT-VALUE}.")
    private int filters;

    @Option(names = "--boost", paramLabel = "X", defaultValue = "100", description = "Default: ${DEFAULT-VALUE}.")
    private double boost;

    @Option(
            names = "--signed",
            description = "Deviations below the mean are not salient, as in the original work of Levin et al.")
    private boolean signed;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where pictures and numbers go.")
    private Path out;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    SaliencyMapCommand(RedrlCommand redrl, VictimOptions.Opener victims) {
        this.redrl = redrl;
        this.victims = victims;
    }

    @Override
    public void run() {
        CommandLine line = spec.commandLine();
        InputSaliency settings = WrongUsage.unless(line, () -> new InputSaliency(filters, boost, signed));
        WrongUsage.unless(
                line,
                label.matches("\\d{1,9}|" + FROM_PREDICTION + "|" + FROM_REPAIR),
                "--label must be the number of a class, from-prediction or from-repair, got " + label);
        WrongUsage.unless(
                line,
                !label.equals(FROM_REPAIR) || recogniser.isPresent(),
                "--label from-repair needs --recogniser DIR, which repairs the image");
        ScriptSettings said = victimOptions.settings(line);
        Image read = ImageCodec.read(image).image();
        try (Classifier classifier = victims.open(victim, said, Optional.of(read.shape()))) {
            VictimOptions.tell(redrl, classifier);
            ImageShape shape = classifier.input();
            if (!read.shape().equals(shape)) {
                throw new RedrlException(image + " is of " + read.shape() + ", victim " + classifier.id()
                        + " takes images of " + shape + ". Resize it, or use a victim trained at that size.");
            }
            int target = label(classifier, read);
            FilterSaliency saliency = FilterSaliency.of(classifier);
            FilterStatistics known = statistics(saliency);
            ImageSaliency found = ImageSaliency.of(saliency, known, settings, read, target);
            write(found, read);
            print(found);
        }
    }

    private FilterStatistics statistics(FilterSaliency saliency) {
        if (statistics.isPresent()) {
            FilterStatistics known = FilterStatistics.open(statistics.get());
            known.requireOf(statistics.get().toString(), saliency.victim().checksum(), saliency.layout());
            return known;
        }
        ImageDataset images = VictimLabels.of(saliency.victim(), Datasets.open(data, Split.TEST));
        String name =
                saliency.victim().id() + "-" + saliency.victim().checksum().substring(0, 12) + "-"
                        + images.id().replace('/', '-') + "-" + indices + ".json";
        return StatisticsBuilder.build(
                saliency,
                images,
                IndexRanges.parse(indices, images),
                FilterSaliency.MEGABYTES,
                RedrlHome.path().resolve("saliency").resolve(name),
                redrl.progress());
    }

    private int label(Classifier classifier, Image read) {
        if (label.equals(FROM_PREDICTION)) {
            return ImageSaliency.prediction(classifier, read);
        }
        if (recogniser.isPresent() && label.equals(FROM_REPAIR)) {
            try (Recogniser trained = Recogniser.load(recogniser.get())) {
                return trained.repairedPrediction(classifier, read);
            }
        }
        int named = Integer.parseInt(label);
        // Said again by saliency itself, but only after the statistics.
        Checks.require(
                named < classifier.classes(),
                "label %d is not one of the %d classes of victim %s",
                named,
                classifier.classes(),
                classifier.id());
        return named;
    }

    private void write(ImageSaliency found, Image read) {
        double[] map = found.overChannels(read.shape().channels());
        Json.write(out.resolve("saliency.json"), found);
        picture("image.png", read);
        picture("heat.png", HeatPicture.heat(map, read.shape()));
        picture("overlay.png", HeatPicture.overlay(map, read));
    }

    private void picture(String name, Image picture) {
        Figures.writePicture(out.resolve(name), picture, ENLARGED);
    }

    private void print(ImageSaliency found) {
        if (json) {
            redrl.out().print(Json.pretty(found));
            return;
        }
        redrl.out()
                .println("Victim " + found.victim() + " says class " + found.prediction() + "; saliency with class "
                        + found.label());
        Table table = new Table().words("Layer").numbers("Filter", "Saliency", "Standard deviations");
        found.filters()
                .forEach(filter -> table.row(
                        filter.layer(),
                        Integer.toString(filter.filter()),
                        String.format(Locale.ROOT, "%.3g", filter.saliency()),
                        String.format(Locale.ROOT, "%.1f", filter.standardised())));
        redrl.print(table);
        redrl.out().println("Pictures and numbers: " + out);
    }
}
