package io.redrl.cli;

import io.redrl.adversarial.AdversarialPlan;
import io.redrl.adversarial.AdversarialSet;
import io.redrl.adversarial.AdversarialSetBuilder;
import io.redrl.adversarial.Against;
import io.redrl.adversarial.AttackSummary;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.Storage;
import io.redrl.base.Json;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.IndexRanges;
import io.redrl.data.Split;
import io.redrl.model.Classifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code redrl attack}. */
@Command(
        name = "attack",
        description = "Attack images of a data set and keep them as an adversarial set. The same command goes on where"
                + " it was stopped.",
        footer = {
            "",
            "Settings that are not given are the paper's; in brackets above. Pixels are in [0, 1], so write 8/255.",
            "Example: ./redrl attack --victim resnet20 --data cifar10 --split test --indices 1000-1099 --attack pgd"
                    + " --epsilon 8/255 --step-size 0.01 --steps 100 --no-random-start --seed 7 --out runs/pgd"
        })
final class AttackCommand implements Runnable {
    private final RedrlCommand redrl;
    private final Function<String, Classifier> victims;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--victim",
            required = true,
            paramLabel = "V",
            description = "The model to fool: the name of a trained victim, its folder, or a TorchScript file.")
    private String victim;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "NAME",
            description = "cifar10, tiny-imagenet, or a folder with one folder of images per class.")
    private String data;

    @Option(names = "--split", defaultValue = "test", description = "train or test; default: test.")
    private Split split;

    @Option(names = "--indices", paramLabel = "LIST", description = "Such as 1000-1099,5,7-9; default: all images.")
    private Optional<String> indices;

    @Option(
            names = "--attack",
            required = true,
            paramLabel = "ATTACK",
            description = "pgd, deepfool, cw-l2, cw-linf or patch.")
    private String attack;

    @Option(names = "--seed", defaultValue = "0", description = "Of everything that the attack draws; default: 0.")
    private long seed;

    @Option(
            names = "--against",
            defaultValue = "label",
            description =
                    "label: fool the victim about the true label. prediction: move its own verdict. Default: label.")
    private Against against;

    @Option(
            names = "--storage",
            defaultValue = "uint8",
            description = "uint8: as files keep images. float32: as the attack made them. Default: uint8.")
    private Storage storage;

    @Option(
            names = "--batch-size",
            defaultValue = "" + AdversarialSetBuilder.BATCH_SIZE,
            description = "Images attacked at once; costs memory, does not change results. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "The folder of the set.")
    private Path out;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    private AttackCommand(RedrlCommand redrl, Function<String, Classifier> victims) {
        this.redrl = redrl;
        this.victims = victims;
    }

    /**
     * The command, with the settings of all attacks as options.
     *
     * @param victims opens a victim by name or path
     */
    static CommandLine line(RedrlCommand redrl, Function<String, Classifier> victims) {
        CommandLine line = new CommandLine(new AttackCommand(redrl, victims));
        AttackSettings.addTo(line.getCommandSpec());
        return line;
    }

    @Override
    public void run() {
        AttackSpec settings = AttackSettings.read(spec.commandLine(), attack);
        ImageDataset dataset = Datasets.open(data, split);
        int[] images = indices.map(text -> IndexRanges.parse(text, dataset))
                .orElseGet(() -> IntStream.range(0, dataset.size()).toArray());
        try (Classifier classifier = victims.apply(victim)) {
            AdversarialPlan plan = AdversarialPlan.of(
                            dataset,
                            List.of(classifier.id()),
                            List.of(settings),
                            Arrays.stream(images).boxed().toList(),
                            seed)
                    .withClean(false)
                    .withAgainst(against)
                    .withStorage(storage);
            AdversarialSet set = new AdversarialSetBuilder()
                    .withBatchSize(batchSize)
                    .build(plan, dataset, Map.of(classifier.id(), classifier), out, redrl.progress());
            print(set.manifest().attacks());
        }
    }

    private void print(List<AttackSummary> summaries) {
        if (json) {
            redrl.out().print(Json.pretty(summaries));
            return;
        }
        Table table = new Table()
                .words("attack")
                .words("victim")
                .numbers("images", "right before", "right after", "success", "success (8 bits)")
                .numbers("L2 median", "L2 max", "L∞ median", "L∞ max");
        for (AttackSummary each : summaries) {
            table.row(
                    each.attack(),
                    each.victim(),
                    Durations.count(each.images()),
                    percent(each.accuracyBefore()),
                    percent(each.accuracyAfter()),
                    percent(each.successFloat()),
                    percent(each.success8bit()),
                    number(each.l2().median()),
                    number(each.l2().max()),
                    number(each.linf().median()),
                    number(each.linf().max()));
        }
        redrl.out().println(table);
        redrl.out()
                .println("Success: of the images that the victim had right. Norms: of those that fool it, in [0, 1].");
        redrl.out().println("The set is in " + out);
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
