package io.redrl.experiment;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.AdversarialPlan;
import io.redrl.adversarial.AdversarialSet;
import io.redrl.adversarial.ReferenceLabel;
import io.redrl.adversarial.SetRows;
import io.redrl.base.Progress;
import io.redrl.data.DataSource;
import io.redrl.data.ImageDataset;
import io.redrl.data.IndexRanges;
import io.redrl.data.Split;
import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.model.ScriptSettings;
import io.redrl.model.Victims;
import io.redrl.recognition.Recogniser;
import io.redrl.tensor.ComputeDevice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Run of an experiment: what its stages share, opened when first asked for. Closing it closes
 * the victims and the rows of sets.
 */
final class Run implements AutoCloseable {
    final ExperimentSpec spec;
    final List<Variant> variants;
    final String yaml;
    final Path folder;
    final Path repository;
    final Progress progress;
    private final Source source;
    private final Map<Split, ImageDataset> data = new EnumMap<>(Split.class);
    private final Map<String, Classifier> victims = new HashMap<>();
    private final Map<String, AdversarialSet> sets = new HashMap<>();
    private final Map<String, SetRows> rows = new HashMap<>();
    private final Map<String, SetRows> examples = new HashMap<>();
    private boolean everyRow;

    /** Opens a split of a data set: {@link DataSource#open}, or a part of what that opens. */
    @FunctionalInterface
    interface Source {
        /** The images of a split; a folder's scaled to {@code size}, if that is given. */
        ImageDataset open(DataSource data, Split split, Optional<ImageShape> size);
    }

    /**
     * A run, begun or not.
     *
     * @param yaml the file that the experiment comes from, for the manifest
     * @param source where images come from
     * @param runs where runs lie; this one takes {@code runs/NAME}
     * @param repository the clone that the program was built from
     */
    Run(ExperimentSpec spec, String yaml, Source source, Path runs, Path repository, Progress progress) {
        this.spec = spec;
        this.variants = spec.variants();
        this.yaml = yaml;
        this.source = source;
        this.folder = runs.resolve(spec.name());
        this.repository = repository;
        this.progress = progress;
        ComputeDevice.use(spec.device().orElse(ComputeDevice.AUTO));
    }

    /** Whether some recogniser is shown more than the training set. */
    boolean exposed() {
        return variants.stream()
                .anyMatch(variant -> variant.settings().training().exposure().isPresent());
    }

    /** The images of a split. */
    synchronized ImageDataset data(Split split) {
        return data.computeIfAbsent(split, s -> source.open(spec.data(), s, spec.inputSize()));
    }

    private Classifier load(NetworkSource one) {
        ScriptSettings settings = one instanceof NetworkSource.FromFile own ? own.settings() : ScriptSettings.NONE;
        Classifier victim = Victims.load(
                network("victims", one),
                settings,
                Optional.of(data(spec.test().split()).shape()));
        victim.remarks().forEach(remark -> progress.say("victim " + one.name() + " " + remark));
        return victim;
    }

    /** How many images a split has; of a data set of which only a part is there as many as the experiment names. */
    int size(Split split) {
        return Stream.of(spec.train(), spec.test())
                .filter(set -> set.split() == split)
                .flatMap(set -> Arrays.stream(IndexRanges.parse(set.indices())).boxed())
                .mapToInt(index -> index + 1)
                .reduce(data(split).size(), Math::max);
    }

    /** Where a network lies or will lie: in {@code room} of this run, or where its file is. */
    Path network(String room, NetworkSource network) {
        return network instanceof NetworkSource.FromFile own
                ? repository.resolve(own.file())
                : folder.resolve(room).resolve(network.name());
    }

    /** The experiment's victims by name, in its order. */
    Map<String, Classifier> victims() {
        return victims(spec.victims());
    }

    /** Victims of the robustness evaluation that are there or will be: all but those whose files are missing. */
    List<NetworkSource> unseenVictims() {
        return spec.robustness().stream()
                .flatMap(plan -> plan.victims().stream())
                .filter(one -> one instanceof NetworkSource.Trained || Files.exists(network("victims", one)))
                .toList();
    }

    /** Some victims by name. */
    synchronized Map<String, Classifier> victims(Collection<NetworkSource> some) {
        Map<String, Classifier> loaded = new LinkedHashMap<>();
        for (NetworkSource one : some) {
            loaded.put(one.name(), victims.computeIfAbsent(one.name(), name -> load(one)));
        }
        return loaded;
    }

    /** An adversarial set of the experiment, made or not. */
    PlannedSet planned(String set) {
        return PlannedSet.of(this).stream()
                .filter(planned -> planned.name().equals(set))
                .findFirst()
                .orElseThrow();
    }

    /** What an adversarial set is made from. */
    AdversarialPlan plan(String set) {
        return planned(set).plan(this);
    }

    /** A finished adversarial set. */
    synchronized AdversarialSet set(String name) {
        return sets.computeIfAbsent(name, n -> AdversarialSet.open(folder.resolve("sets/" + n + "/set")));
    }

    /** All rows of a finished adversarial set, mapped; they stay open until this is closed. */
    synchronized SetRows rows(String name) {
        return rows.computeIfAbsent(name, n -> SetRows.open(set(n), folder.resolve("sets/" + n)));
    }

    /** Those rows of a finished set that are examples of their attack, or clean. */
    synchronized SetRows examples(String name) {
        ReferenceLabel away = set(name).plan().options().referenceLabel();
        return examples.computeIfAbsent(name, n -> rows(n).where(row -> isExample(away, row)));
    }

    /** Whether a row of a set whose attacks move away from this label counts. */
    boolean isExample(ReferenceLabel away, AdversarialExample row) {
        return everyRow || away.isExample(row);
    }

    /** Lets every row count, also where attacks are cut so short that they change nothing: for dry runs. */
    Run withEveryRow() {
        everyRow = true;
        return this;
    }

    /** Where the stage that trains a recogniser leaves it. */
    Path recogniser(Variant variant) {
        return folder.resolve("recognisers").resolve(variant.name());
    }

    /** A trained recogniser without a calibration; the caller's. */
    Recogniser load(Variant variant) {
        return Recogniser.load(recogniser(variant), recogniser(variant));
    }

    @Override
    public void close() {
        victims.values().forEach(Classifier::close);
        rows.values().forEach(SetRows::close);
    }
}
