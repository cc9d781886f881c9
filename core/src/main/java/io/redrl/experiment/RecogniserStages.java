package io.redrl.experiment;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.AdversarialPlan;
import io.redrl.adversarial.AdversarialSet;
import io.redrl.adversarial.SamplingPolicy;
import io.redrl.base.Progress;
import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.features.VictimFeatureTable;
import io.redrl.model.Classifier;
import io.redrl.model.FeatureExtractor;
import io.redrl.recognition.ExposureExamples;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.recognition.Trainer;
import io.redrl.recognition.TrainingLog;
import io.redrl.tensor.Lanes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The stages that train recognisers, side by side, below {@code recognisers/}, and the one that asks victims about the training
 * examples for those that want to know.
 *
 * @param spec the experiment
 * @param stages of the run
 * @param trainData the images that the training set was made from
 * @param victims by name; the caller's
 * @param victimPaths where each lies
 * @param progress told about everything
 */
record RecogniserStages(
        ExperimentSpec spec,
        Stages stages,
        ImageDataset trainData,
        Map<String, Classifier> victims,
        Map<String, Path> victimPaths,
        Progress progress) {
    private static final String EVIDENCE = "evidence.safetensors";

    /** What recognisers learn from. */
    private record Lesson(
            AdversarialSet train,
            List<AdversarialExample> rows,
            @Nullable ExposureExamples more,
            String moreMadeFrom) {}

    /**
     * Trains all recognisers, or finds them.
     *
     * @param train the training set
     * @param features the feature extractor's folder
     * @return each one's folder, in the experiment's order
     */
    Map<RecogniserSpec, Path> run(AdversarialSet train, Path features) {
        List<RecogniserSpec> specs = spec.recogniserSpecs();
        Lesson lesson = lesson(specs, train);
        try (FeatureExtractor extractor = FeatureExtractor.load(features);
                VictimFeatureTable evidence = evidence(specs, lesson)) {
            List<Callable<Path>> work = new ArrayList<>();
            specs.forEach(
                    recogniser -> work.add(() -> recogniser(recogniser, lesson, phi(recogniser), extractor, evidence)));
            List<Path> folders = Lanes.map(work);
            Map<RecogniserSpec, Path> trained = new LinkedHashMap<>();
            for (int i = 0; i < specs.size(); i++) {
                trained.put(specs.get(i), folders.get(i));
            }
            return trained;
        }
    }

    private @Nullable Classifier phi(RecogniserSpec recogniser) {
        return victims.get(recogniser.phi().isEmpty() ? spec.phi() : recogniser.phi());
    }

    /** The training set, and what is shown beside it if any recogniser is exposed to more. */
    private Lesson lesson(List<RecogniserSpec> specs, AdversarialSet train) {
        List<AdversarialExample> rows = train.examples();
        if (specs.stream().noneMatch(RecogniserStages::exposed)) {
            return new Lesson(train, rows, null, "");
        }
        Seed seed = spec.seedValue().child("exposure");
        List<AdversarialExample> others = List.of();
        String madeFrom = Stages.madeFrom(ExposureExamples.VERSION, train.manifest());
        if (spec.recognisers().outliers().isPresent()) {
            AdversarialPlan plan = AdversarialPlan.of(
                            trainData,
                            List.copyOf(victims.keySet()),
                            spec.recognisers().outliers().get(),
                            train.plan().indices(),
                            seed.child("set").value())
                    .withClean(false)
                    .withSampling(SamplingPolicy.ONE_VICTIM)
                    .withStorage(train.plan().options().storage())
                    .withReferenceLabel(train.plan().options().referenceLabel());
            AdversarialSet set = new SetStages(stages, progress).ensure("strangers", plan, trainData, victims);
            // An attack that did not get through may leave an image as it was: that one is clean.
            others = set.examples().stream()
                    .filter(row -> row.outcome().linf() > 0)
                    .toList();
            madeFrom = Stages.madeFrom(madeFrom, set.manifest());
        }
        return new Lesson(train, rows, ExposureExamples.of(rows, others, trainData, seed), madeFrom);
    }

    private static boolean exposed(RecogniserSpec recogniser) {
        return recogniser.training().exposure().isPresent();
    }

    /** What all victims say of the training examples, and of what is shown beside these, if any recogniser asks. */
    private @Nullable VictimFeatureTable evidence(List<RecogniserSpec> specs, Lesson lesson) {
        if (specs.stream().allMatch(recogniser -> recogniser.victimFeatures().isEmpty())) {
            return null;
        }
        VictimFeatureTable ofSet =
                evidence("evidence", lesson.rows(), lesson.train().manifest());
        if (lesson.more() == null) {
            return ofSet;
        }
        try (ofSet;
                VictimFeatureTable ofMore =
                        evidence("evidence-exposure", lesson.more().all(), lesson.moreMadeFrom())) {
            return ofSet.followedBy(ofMore);
        }
    }

    private VictimFeatureTable evidence(String name, List<AdversarialExample> rows, Object rowsMadeFrom) {
        List<Classifier> asked = List.copyOf(victims.values());
        String madeFrom = Stages.madeFrom(
                VictimFeatureTable.VERSION,
                rowsMadeFrom,
                asked.stream().map(Classifier::checksum).toList());
        Path stage = stages.ensure(
                name,
                madeFrom,
                rows.size(),
                "images",
                into -> VictimFeatureTable.write(rows, asked, into.resolve(EVIDENCE), progress));
        return VictimFeatureTable.open(
                stage.resolve(EVIDENCE),
                List.copyOf(victims.keySet()),
                victims.keySet().stream().map(victimPaths::get).toList());
    }

    private Path recogniser(
            RecogniserSpec recogniser,
            Lesson lesson,
            @Nullable Classifier phi,
            FeatureExtractor extractor,
            @Nullable VictimFeatureTable evidence) {
        List<Object> parts = new ArrayList<>(List.of(
                recogniser,
                lesson.train().manifest(),
                phi == null ? "" : phi.checksum(),
                extractor.checksum(),
                recogniser.victimFeatures().stream()
                        .map(name -> VictimFeatureTable.VERSION
                                + Objects.requireNonNull(victims.get(name)).checksum())
                        .toList()));
        if (exposed(recogniser)) {
            parts.add(lesson.moreMadeFrom());
        }
        String madeFrom = Stages.madeFrom(parts.toArray());
        List<AdversarialExample> all = lesson.rows();
        int[] places = places(recogniser, all);
        List<AdversarialExample> rows = Arrays.stream(places).mapToObj(all::get).toList();
        ExposureExamples more = exposed(recogniser) ? Objects.requireNonNull(lesson.more()) : null;
        int[] morePlaces = more == null ? new int[0] : more.places(places, recogniser.leftOutVictims());
        int[] known = IntStream.concat(
                        Arrays.stream(places), Arrays.stream(morePlaces).map(place -> all.size() + place))
                .toArray();
        int steps = recogniser.training().totalSteps((int)
                rows.stream().map(AdversarialExample::index).distinct().count());
        return stages.ensure(
                "recognisers/" + recogniser.name(),
                madeFrom,
                (long) steps * recogniser.training().batch(),
                "images",
                into -> {
                    try (VictimFeatureTable said =
                            evidence == null ? null : evidence.of(known, recogniser.victimFeatures())) {
                        Trainer.train(
                                recogniser,
                                rows,
                                more == null ? null : more.at(morePlaces),
                                trainData,
                                phi,
                                extractor,
                                said,
                                into,
                                TrainingLog.standard(),
                                progress);
                    }
                });
    }

    /** What a recogniser learns from: all rows, or those of images that no victim was attacked with that it must not meet. */
    private static int[] places(RecogniserSpec recogniser, List<AdversarialExample> all) {
        Set<Integer> met = all.stream()
                .filter(row -> recogniser.leftOutVictims().contains(row.victim()))
                .map(AdversarialExample::index)
                .collect(Collectors.toSet());
        return IntStream.range(0, all.size())
                .filter(place -> !met.contains(all.get(place).index()))
                .toArray();
    }
}
