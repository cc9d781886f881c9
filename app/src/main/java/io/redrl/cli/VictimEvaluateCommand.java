package io.redrl.cli;

import io.redrl.base.Durations;
import io.redrl.base.Json;
import io.redrl.base.StoppedException;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.model.Classifier;
import io.redrl.training.Accuracy;
import java.util.Locale;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code redrl victim evaluate}. */
@Command(name = "evaluate", description = "The accuracy of a victim on a data set.")
final class VictimEvaluateCommand implements Runnable {
    private final RedrlCommand redrl;
    private final Function<String, Classifier> victims;

    @Option(
            names = "--victim",
            required = true,
            paramLabel = "V",
            description = "The name of a trained victim, its folder, or a TorchScript file.")
    private String victim;

    @Option(names = "--data", required = true, paramLabel = "NAME", description = "The data set, such as cifar10.")
    private String data;

    @Option(names = "--split", defaultValue = "test", description = "train or test; default: test.")
    private Split split;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    VictimEvaluateCommand(RedrlCommand redrl, Function<String, Classifier> victims) {
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
        ImageDataset dataset = Datasets.open(data, split);
        try (Classifier classifier = victims.apply(victim)) {
            Result result = new Result(
                    classifier.id(),
                    classifier.checksum(),
                    dataset.id(),
                    dataset.size(),
                    accuracy(classifier, dataset));
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

    private double accuracy(Classifier classifier, ImageDataset dataset) {
        try {
            return Accuracy.of(classifier, dataset, redrl.progress()).value();
        } catch (StoppedException e) {
            throw new StoppedException("Stopped. An accuracy is of all images, so nothing was kept.", e);
        }
    }
}
