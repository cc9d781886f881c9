package io.redrl.cli;

import io.redrl.adversarial.AdversarialPlan;
import io.redrl.adversarial.AdversarialSet;
import io.redrl.adversarial.AdversarialSetBuilder;
import io.redrl.adversarial.AttackSummary;
import io.redrl.adversarial.PngExport;
import io.redrl.adversarial.ReferenceLabel;
import io.redrl.attack.AttackCatalog;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.Storage;
import io.redrl.attack.VictimCheck;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.IndexRanges;
import io.redrl.data.Split;
import io.redrl.model.Classifier;
import io.redrl.model.ScriptSettings;
import io.redrl.model.VictimLabels;
import io.redrl.stats.Proportion;
import io.redrl.tensor.Precision;
import io.redrl.training.Accuracy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code redrl attack}. */
@Command(
        name = "attack",
        description = "Attack images of a data set and keep them as an adversarial set. The same command goes on where"
                + " it was stopped.",
        customSynopsis = {
            "redrl attack --victim=V --data=NAME --attack=ATTACK --out=DIR [OPTIONS]",
            "   or: redrl attack list [--json]"
        },
        footer = {
            "",
            "Settings that are not given are the paper's; in brackets above. Pixels are in [0, 1], so write 8/255. Several"
                    + " values separated by commas (--epsilon 4/255,8/255) make a configuration and a row of the result"
                    + " each.",
            "Example: ./redrl attack --victim resnet20 --data cifar10 --split test --indices 1000-1099 --attack pgd"
                    + " --epsilon 8/255 --step-size 0.01 --steps 100 --no-random-start --seed 7 --out runs/pgd"
        })
final class AttackCommand implements Runnable {
    /** Images that are looked at in so short a time that no bar is needed. */
    private static final int MANY = 1000;

    private static final int MOST_NAMED = 10;

    private final RedrlCommand redrl;
    private final VictimOptions.Opener victims;

    @Spec
    private CommandSpec spec;

    // Not required as picocli has it, for then `attack list` would need them too.

    @Option(
            names = "--victim",
            paramLabel = "V",
            description = "The model to fool: the name of a trained victim, its folder, or a TorchScript file.")
    private @Nullable String victim;

    @Option(
            names = "--data",
            paramLabel = "NAME",
            description = "cifar10, tiny-imagenet, the path of " + Datasets.PATHS + ", or - for standard input. Without"
                    + " labels: --reference-label prediction.")
    private @Nullable String data;

    @Option(names = "--split", defaultValue = "test", description = "train or test; default: test.")
    private Split split;

    @Option(names = "--indices", paramLabel = "LIST", description = "Such as 1000-1099,5,7-9; default: all images.")
    private Optional<String> indices;

    @Option(
            names = "--attack",
            paramLabel = "ATTACK",
            split = ",",
            completionCandidates = Attacks.class,
            description =
                    "One of: ${COMPLETION-CANDIDATES}. Several, separated by commas, go into one set. More about them:"
                            + " redrl attack list.")
    private List<String> attacks = List.of();

    @Option(names = "--seed", defaultValue = "0", description = "Of everything that the attack draws; default: 0.")
    private long seed;

    @Option(
            names = {"--reference-label", "--against"},
            defaultValue = "label",
            description =
                    "label: fool the victim about the true label. prediction: move its own verdict. Default: label.")
    private ReferenceLabel against;

    @Option(
            names = "--storage",
            defaultValue = "uint8",
            description =
                    "uint8: as files keep images. float32: as the attack made them. truncated: cut to 8 bits instead of"
                            + " rounded, as the paper's published code does; for controls. Default: uint8.")
    private Storage storage;

    @Option(
            names = "--precision",
            defaultValue = "auto",
            description =
                    "Of the search for directions, one for all attacks of the set: fp32, bf16 (low-precision logits), or auto:"
                            + " the faster on this processor, but fp32 if one of them is for the smallest perturbations."
                            + " Predictions are always fp32. Default: auto.")
    private Precision precision;

    @Option(
            names = "--batch-size",
            description = "Images attacked at once; costs memory, does not change results. Default: "
                    + AdversarialSetBuilder.BATCH_SIZE + ", fewer where images are large and the attack takes long.")
    private Optional<Integer> batchSize;

    @Option(
            names = "--resize",
            description =
                    "Scale the images of a folder to the victim's size (bilinear with antialiasing, proportions not"
                            + " kept); they may then differ in size.")
    private boolean resize;

    @Mixin
    private VictimOptions.WithOutput victimOptions = new VictimOptions.WithOutput();

    @Option(names = "--out", paramLabel = "DIR", description = "The folder of the set.")
    private @Nullable Path out;

    @Option(
            names = "--png",
            paramLabel = "DIR",
            description = "Also write PNG files there: INDEX-original.png, INDEX-ATTACK.png, INDEX-perturbation.png; a"
                    + " folder for each configuration if there are several.")
    private Optional<Path> png;

    @Option(
            names = "--amplify",
            paramLabel = "FACTOR",
            defaultValue = "" + PngExport.FACTOR,
            description = "How many times perturbations in PNG files are magnified, around grey 128; default:"
                    + " ${DEFAULT-VALUE}.")
    private int amplify;

    @Option(
            names = "--no-check",
            description = "Do not look first at whether the victim masks its gradients, ends in a softmax, or answers"
                    + " at random.")
    private boolean unchecked;

    @Option(
            names = "--strict",
            description =
                    "Stop if an image or folder cannot be read, before any attack. Without it such images are named"
                            + " and left out.")
    private boolean strict;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    private AttackCommand(RedrlCommand redrl, VictimOptions.Opener victims) {
        this.redrl = redrl;
        this.victims = victims;
    }

    /** The names of all attacks, for the help. */
    static final class Attacks implements Iterable<String> {
        @Override
        public java.util.Iterator<String> iterator() {
            return AttackCatalog.all().stream().map(AttackSpec::id).iterator();
        }
    }

    /**
     * The command, with the settings of all attacks as options.
     *
     * @param victims opens a victim by name or path
     */
    static CommandLine line(RedrlCommand redrl, VictimOptions.Opener victims) {
        CommandLine line = new CommandLine(new AttackCommand(redrl, victims));
        AttackSettings.addTo(line.getCommandSpec());
        return line.addSubcommand(new AttackListCommand(redrl));
    }

    @Override
    public void run() {
        Map<String, @Nullable Object> needed = new LinkedHashMap<>();
        needed.put("--victim=V", victim);
        needed.put("--data=NAME", data);
        needed.put("--attack=ATTACK", attacks.isEmpty() ? null : attacks);
        needed.put("--out=DIR", out);
        needed.values().removeIf(value -> value != null);
        if (victim == null || data == null || attacks.isEmpty() || out == null) {
            throw usage("Missing required options: " + String.join(", ", needed.keySet()));
        }
        List<AttackSpec> settings = AttackSettings.read(spec.commandLine(), attacks);
        ScriptSettings said = victimOptions.settings(spec.commandLine());
        AdversarialSetBuilder builder = WrongUsage.unless(spec.commandLine(), () -> batchSize
                .map(images -> new AdversarialSetBuilder().withBatchSize(images))
                .orElseGet(AdversarialSetBuilder::new));
        WrongUsage.unless(
                spec.commandLine(), amplify >= 1 && amplify <= 255, "--amplify must be in [1, 255], got " + amplify);
        if (png.isPresent()) {
            requireApart(png.get(), out);
            PngExport.checkFree(png.get());
        }
        run(victim, data, settings, out, said, builder);
    }

    private void run(
            String name,
            String given,
            List<AttackSpec> settings,
            Path folder,
            ScriptSettings said,
            AdversarialSetBuilder builder) {
        String source = given.equals(StandardInput.NAME)
                ? StandardInput.file(Path.of(given)).toString()
                : given;
        Optional<ImageDataset> early =
                resize ? Optional.empty() : Optional.of(Datasets.openReadable(source, split, Optional.empty()));
        early.ifPresent(this::requireLabels);
        try (Classifier classifier = victims.open(name, said, early.map(ImageDataset::shape))) {
            VictimOptions.tell(redrl, classifier);
            ImageDataset dataset = VictimLabels.of(
                    classifier,
                    early.orElseGet(() -> Datasets.openReadable(source, split, Optional.of(classifier.input()))));
            requireLabels(dataset);
            dataset.remarks().forEach(redrl::problem);
            int[] images = readable(
                    dataset,
                    indices.map(text -> WrongUsage.unless(spec.commandLine(), () -> IndexRanges.parse(text, dataset)))
                            .orElseGet(() -> IntStream.range(0, dataset.size()).toArray()));
            AdversarialPlan plan = AdversarialPlan.of(
                            dataset,
                            List.of(classifier.id()),
                            settings,
                            Arrays.stream(images).boxed().toList(),
                            seed)
                    .withClean(false)
                    .withReferenceLabel(against)
                    .withStorage(storage)
                    .withPrecision(precision)
                    .inOnePrecision();
            if (classifier.input().equals(dataset.shape())) {
                WrongUsage.unless(spec.commandLine(), () -> {
                    settings.forEach(each -> each.requireFits(dataset.shape(), classifier.classes()));
                    return settings;
                });
            }
            List<VictimCheck.Warning> warnings = check(classifier, dataset, plan);
            AttackResult.Times times = new AttackResult.Times();
            AdversarialSet set = builder.withWatch(times::add)
                    .build(plan, dataset, Map.of(classifier.id(), classifier), folder, redrl.progress());
            warnIfAtChance(classifier, dataset, set);
            png.ifPresent(pictures -> PngExport.write(set, dataset, pictures, amplify, redrl.progress()));
            print(
                    AttackResult.of(folder.toString(), png.map(Path::toString), set.manifest(), times, warnings),
                    dataset.classNames().size() != classifier.classes());
        }
    }

    /** Images that can be read; the others are named, so that one broken file does not end a night's work in the middle. */
    private int[] readable(ImageDataset dataset, int[] chosen) {
        Set<String> problems = new LinkedHashSet<>(dataset.unreadable());
        Progress quiet = chosen.length < MANY ? Progress.silent() : redrl.progress();
        int[] readable;
        try (Progress.Task task = quiet.start("looking at images", chosen.length, "images")) {
            readable = Arrays.stream(chosen)
                    .filter(index -> {
                        redrl.progress().checkStopped();
                        task.advance(1);
                        Optional<String> failure = dataset.failure(index);
                        failure.ifPresent(problems::add);
                        return failure.isEmpty();
                    })
                    .toArray();
        }
        if (problems.isEmpty()) {
            return readable;
        }
        if (strict) {
            throw new RedrlException(problems.iterator().next());
        }
        problems.stream().limit(MOST_NAMED).forEach(problem -> redrl.warn("left out: " + problem));
        if (problems.size() > MOST_NAMED) {
            redrl.warn("left out: " + (problems.size() - MOST_NAMED) + " more that cannot be read");
        }
        if (readable.length == 0) {
            throw new RedrlException("Not one of the chosen images of " + dataset.id() + " can be read");
        }
        return readable;
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private void requireApart(Path pictures, Path set) {
        if (pictures.toAbsolutePath().normalize().equals(set.toAbsolutePath().normalize())) {
            throw usage("--png and --out name the same folder: give the pictures one of their own, such as "
                    + set.resolve("png"));
        }
    }

    private void requireLabels(ImageDataset dataset) {
        if (!dataset.labelled() && against == ReferenceLabel.LABEL) {
            throw usage(data
                    + " has no labels: use --reference-label prediction, or give it some (one folder per class, a second"
                    + " column in a list, an array called labels)");
        }
    }

    /** Says before hours of work what would spoil them. A victim that does not fit is refused by the builder. */
    private List<VictimCheck.Warning> check(Classifier classifier, ImageDataset dataset, AdversarialPlan plan) {
        if (unchecked || !classifier.input().equals(dataset.shape())) {
            return List.of();
        }
        List<VictimCheck.Warning> warnings = VictimCheck.of(classifier, dataset, plan.indices());
        warnings.forEach(warning -> redrl.warn(warning.text()));
        return warnings;
    }

    private void warnIfAtChance(Classifier classifier, ImageDataset dataset, AdversarialSet set) {
        if (dataset.labelled() && dataset.classNames().size() == classifier.classes()) {
            AttackSummary first = set.manifest().attacks().get(0);
            Accuracy.warning(new Proportion(first.rightBefore(), first.images()), classifier.classes())
                    .ifPresent(text -> redrl.warn("victim " + classifier.id() + " " + text));
        }
    }

    private void print(AttackResult result, boolean labelsUnknown) {
        if (json) {
            redrl.out().print(Json.pretty(result));
            return;
        }
        redrl.print(result.table());
        if (labelsUnknown) {
            redrl.out().println("Right: as on the clean image, for the true labels are not known to the victim.");
        }
        redrl.out()
                .println((result.targeted()
                                ? "Success: the victim sees the target; of the images that it had right."
                                : "Success: of the images that the victim had right.")
                        + " Norms: of those that fool it, in [0, 1].");
        redrl.out()
                .println(
                        "Seconds: of all batches, also those that ran side by side; what was there already is not counted.");
        redrl.out().println("The set is in " + result.set());
        if (result.pictures().isPresent()) {
            redrl.out()
                    .println("The pictures are in " + result.pictures().get() + ", perturbations " + amplify
                            + " times as large around grey 128"
                            + (storage == Storage.FLOAT32
                                    ? "; rounded to 8 bits, which the set is not, so they may fool less."
                                    : "."));
        }
    }
}
