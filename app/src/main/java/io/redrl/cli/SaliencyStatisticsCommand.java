package io.redrl.cli;

import io.redrl.base.Durations;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.IndexRanges;
import io.redrl.data.Split;
import io.redrl.model.Classifier;
import io.redrl.model.ScriptSettings;
import io.redrl.model.VictimLabels;
import io.redrl.saliency.FilterSaliency;
import io.redrl.saliency.FilterStatistics;
import io.redrl.saliency.StatisticsBuilder;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code redrl saliency statistics}. */
@Command(
        name = "statistics",
        description =
                "The mean and deviation of every filter's saliency over ordinary images, against which one image's is"
                        + " read. The same command goes on where it was stopped.")
final class SaliencyStatisticsCommand implements Runnable {
    private final RedrlCommand redrl;
    private final VictimOptions.Opener victims;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--victim",
            required = true,
            paramLabel = "V",
            description = "The name of a trained victim, its folder, or a TorchScript file.")
    private String victim;

    @Mixin
    private VictimOptions.WithOutput victimOptions = new VictimOptions.WithOutput();

    @Option(names = "--data", required = true, paramLabel = "NAME", description = "The data set, such as cifar10.")
    private String data;

    @Option(names = "--split", defaultValue = "test", description = "train or test; default: test.")
    private Split split;

    @Option(
            names = "--indices",
            paramLabel = "RANGES",
            description = "Such as 0-4999; default: all. Parts with different images can be merged.")
    private String indices = "";

    @Option(
            names = "--megabytes",
            paramLabel = "MB",
            defaultValue = "" + FilterSaliency.MEGABYTES,
            description = "For activations and gradients, for each thread; default: ${DEFAULT-VALUE}.")
    private int megabytes;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where they go, as JSON.")
    private Path out;

    SaliencyStatisticsCommand(RedrlCommand redrl, VictimOptions.Opener victims) {
        this.redrl = redrl;
        this.victims = victims;
    }

    @Override
    public void run() {
        ScriptSettings said = victimOptions.settings(spec.commandLine());
        ImageDataset images = Datasets.open(data, split);
        int[] chosen = IndexRanges.parse(indices.isEmpty() ? "0-" + (images.size() - 1) : indices, images);
        try (Classifier classifier = victims.open(victim, said, Optional.of(images.shape()))) {
            FilterStatistics statistics = StatisticsBuilder.build(
                    FilterSaliency.of(classifier),
                    VictimLabels.of(classifier, images),
                    chosen,
                    megabytes,
                    out,
                    redrl.progress());
            redrl.out()
                    .println(Durations.count(statistics.layout().filters()) + " filters of " + statistics.victim()
                            + " over " + Durations.count(statistics.images()) + " images of " + images.id() + ": "
                            + out);
        }
    }
}
