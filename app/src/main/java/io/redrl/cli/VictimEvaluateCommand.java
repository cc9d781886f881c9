package io.redrl.cli;

import io.redrl.base.Durations;
import io.redrl.base.Json;
import io.redrl.base.StoppedException;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.model.Classifier;
import io.redrl.model.ScriptSettings;
import io.redrl.model.VictimLabels;
import io.redrl.stats.Proportion;
import io.redrl.training.Accuracy;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code redrl victim evaluate}. */
@Command(name = "evaluate", description = "The accuracy of a victim on a data set.")
final class VictimEvaluateCommand implements Runnable {
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

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    VictimEvaluateCommand(RedrlCommand redrl, VictimOptions.Opener victims) {
        this.redrl = redrl;
        this.victims = victims;
    }

    /**
     * What is printed.
     *
     * @param victim its id
     * @param checksum of its weights
     * @param dataset with its split
     * @param images how many
     * @param accuracy the part of them that it has right, in [0, 1]
     */
    record Result(String victim, String checksum, String dataset, int images, double accuracy) {}

    @Override
    public void run() {
        ScriptSettings said = victimOptions.settings(spec.commandLine());
        ImageDataset images = Datasets.open(data, split);
        try (Classifier classifier = victims.open(victim, said, Optional.of(images.shape()))) {
            VictimOptions.tell(redrl, classifier);
            ImageDataset dataset = VictimLabels.of(classifier, images);
            Proportion right = right(classifier, dataset);
            Accuracy.warning(right, classifier.classes())
                    .ifPresent(text -> redrl.warn("victim " + classifier.id() + " " + text));
            Result result =
                    new Result(classifier.id(), classifier.checksum(), dataset.id(), dataset.size(), right.value());
            if (json) {
                redrl.out().print(Json.pretty(result));
            } else {
                redrl.out()
                        .println(String.format(
                                Locale.ROOT,
                                "%s: %.2f %% of the %s images of %s",
                                result.victim(),
                                100 * result.accuracy(),
                                Durations.count(result.images()),
                                result.dataset()));
            }
        }
    }

    private Proportion right(Classifier classifier, ImageDataset dataset) {
        try {
            return Accuracy.of(classifier, dataset, redrl.progress());
        } catch (StoppedException e) {
            throw new StoppedException("Stopped. An accuracy is of all images, so nothing was kept.", e);
        }
    }
}
