package io.redrl.experiment;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.AdversarialPlan;
import io.redrl.adversarial.AdversarialSet;
import io.redrl.adversarial.PlannedExample;
import io.redrl.adversarial.SetRows;
import io.redrl.features.VictimFeatureTable;
import io.redrl.model.Classifier;
import io.redrl.model.FeatureExtractor;
import io.redrl.recognition.ExposureExamples;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.recognition.Trainer;
import io.redrl.recognition.TrainingLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The stages that compute victim features of the training examples, for recognisers that see them, and those that train recognisers. What
 * these share is read when the first that needs it runs; closing this frees it.
 */
final class RecogniserStages implements AutoCloseable {
    private static final String FEATURES = "victim-features";
    private static final String EXPOSURE_FEATURES = "victim-features-exposure";
    private static final String TABLE = "features.safetensors";
    /** Raised when of the same set other rows are taught. */
    private static final int TAUGHT = 2;

    private final Run run;
    private final ExperimentSpec spec;
    private @Nullable ExposureExamples exposure;
    private @Nullable FeatureExtractor extractor;
    private @Nullable VictimFeatureTable table;

    RecogniserStages(Run run) {
        this.run = run;
        this.spec = run.spec;
    }

    /** The stages of victim features, one after the other: none if no recogniser sees them. */
    List<Stage> features() {
        List<Stage> stages = new ArrayList<>();
        if (run.variants.stream().anyMatch(RecogniserStages::seesFeatures)) {
            long size = run.plan(PlannedSet.TRAIN).size();
            stages.add(features(FEATURES, size, this::rows, () -> train().manifest()));
            if (run.exposed()) {
                long outliers = spec.recognisers().outliers().isEmpty()
                        ? 0
                        : run.plan(PlannedSet.OUTLIERS).size();
                long synthetic = (long) spec.train().count() * ExposureExamples.MADE_UP_PER_IMAGE;
                stages.add(features(
                        EXPOSURE_FEATURES,
                        size + outliers + synthetic,
                        () -> exposure().all(),
                        this::exposureInputs));
            }
        }
        return stages;
    }

    private Stage features(String name, long size, Supplier<List<AdversarialExample>> examples, Supplier<?> inputs) {
        return new Stage(
                name,
                () -> List.of(
                        VictimFeatureTable.VERSION,
                        inputs.get(),
                        run.victims().values().stream()
                                .map(Classifier::checksum)
                                .toList()),
                size,
                Stage.IMAGES,
                false,
                into -> {
                    List<AdversarialExample> all = examples.get();
                    List<Classifier> victims = List.copyOf(run.victims().values());
                    VictimFeatureTable.write(all, victims, into.resolve(TABLE), run.progress);
                    return all.size();
                });
    }

    /** The stages that train, one for each recogniser. */
    List<Stage> recognisers() {
        return run.variants.stream()
                .map(variant -> recogniser(variant.settings()))
                .toList();
    }

    private Stage recogniser(RecogniserSpec recogniser) {
        AdversarialPlan plan = run.plan(PlannedSet.TRAIN);
        Set<Integer> kept = kept(recogniser, plan);
        long images = plan.indices().stream().filter(kept::contains).count();
        long items = (long) recogniser.training().totalSteps((int) images)
                * recogniser.training().batch();
        return new Stage(
                "recognisers/" + recogniser.name(), () -> inputs(recogniser), items, Stage.IMAGES, true, into -> {
                    train(recogniser, kept, into);
                    return items;
                });
    }

    private List<?> inputs(RecogniserSpec recogniser) {
        return List.of(
                TAUGHT,
                recogniser,
                train().manifest(),
                phi(recogniser).checksum(),
                extractor().checksum(),
                recogniser.victimFeatures().stream()
                        .map(name -> VictimFeatureTable.VERSION
                                + Objects.requireNonNull(run.victims().get(name))
                                        .checksum())
                        .toList(),
                exposed(recogniser) ? exposureInputs() : "");
    }

    private void train(RecogniserSpec recogniser, Set<Integer> kept, Path into) {
        SetRows all = rows();
        SetRows heads = all.heads();
        int[] places = IntStream.range(0, all.size())
                .filter(place -> kept.contains(heads.get(place).index())
                        && run.isExample(spec.train().referenceLabel(), heads.get(place)))
                .toArray();
        ExposureExamples more = exposed(recogniser) ? exposure() : null;
        int[] morePlaces = more == null ? new int[0] : more.places(places, recogniser.leftOutVictims());
        int[] known = IntStream.concat(
                        Arrays.stream(places), Arrays.stream(morePlaces).map(place -> all.size() + place))
                .toArray();
        try (VictimFeatureTable features =
                recogniser.victimFeatures().isEmpty() ? null : table().of(known, recogniser.victimFeatures())) {
            Trainer.train(
                    recogniser,
                    all.at(places),
                    more == null ? null : more.at(morePlaces),
                    run.data(spec.train().split()),
                    phi(recogniser),
                    extractor(),
                    features,
                    into,
                    TrainingLog.standard(),
                    run.progress);
        }
    }

    /** The images that a recogniser learns from: those that no victim was attacked with which it must not meet. */
    private static Set<Integer> kept(RecogniserSpec recogniser, AdversarialPlan plan) {
        Set<Integer> met = recogniser.leftOutVictims().isEmpty()
                ? Set.of()
                : plan.items().stream()
                        .filter(row -> recogniser.leftOutVictims().contains(row.victim()))
                        .map(PlannedExample::index)
                        .collect(Collectors.toSet());
        return plan.indices().stream().filter(index -> !met.contains(index)).collect(Collectors.toSet());
    }

    private static boolean seesFeatures(Variant variant) {
        return !variant.settings().victimFeatures().isEmpty();
    }

    private static boolean exposed(RecogniserSpec recogniser) {
        return recogniser.training().exposure().isPresent();
    }

    private AdversarialSet train() {
        return run.set(PlannedSet.TRAIN);
    }

    private Classifier phi(RecogniserSpec recogniser) {
        String name = recogniser.phi().isEmpty() ? spec.phi() : recogniser.phi();
        return Objects.requireNonNull(run.victims().get(name), name);
    }

    private Object exposureInputs() {
        return List.of(
                ExposureExamples.VERSION,
                train().manifest(),
                spec.recognisers()
                        .outliers()
                        .map(attacks -> List.of(run.set(PlannedSet.OUTLIERS).manifest()))
                        .orElse(List.of()));
    }

    private SetRows rows() {
        return run.rows(PlannedSet.TRAIN);
    }

    /** What is shown beside the training set. */
    private synchronized ExposureExamples exposure() {
        if (exposure == null) {
            // An attack that did not get through may leave an image as it was: that one is clean.
            List<AdversarialExample> outliers = spec.recognisers().outliers().isEmpty()
                    ? List.of()
                    : run.rows(PlannedSet.OUTLIERS).where(row -> row.outcome().linf() > 0);
            exposure = ExposureExamples.of(
                    rows(),
                    outliers,
                    run.data(spec.train().split()),
                    spec.seedValue().child("exposure"));
        }
        return exposure;
    }

    private synchronized FeatureExtractor extractor() {
        if (extractor == null) {
            extractor = FeatureExtractor.load(run.network("features", spec.features()));
        }
        return extractor;
    }

    /** Victim features of the training set, followed by those of what is shown beside it. */
    private synchronized VictimFeatureTable table() {
        if (table == null) {
            table = open(FEATURES);
            if (run.exposed()) {
                try (VictimFeatureTable first = table;
                        VictimFeatureTable second = open(EXPOSURE_FEATURES)) {
                    table = first.followedBy(second);
                }
            }
        }
        return table;
    }

    private VictimFeatureTable open(String stage) {
        return VictimFeatureTable.open(
                run.folder.resolve(stage).resolve(TABLE),
                spec.victims().stream().map(NetworkSource::name).toList(),
                spec.victims().stream()
                        .map(victim -> run.network("victims", victim))
                        .toList());
    }

    @Override
    public void close() {
        if (extractor != null) {
            extractor.close();
        }
        if (table != null) {
            table.close();
        }
    }
}
