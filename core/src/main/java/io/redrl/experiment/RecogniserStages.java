package io.redrl.experiment;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.AdversarialSet;
import io.redrl.base.Progress;
import io.redrl.data.ImageDataset;
import io.redrl.model.Classifier;
import io.redrl.model.FeatureExtractor;
import io.redrl.recognition.EvidenceTable;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.recognition.RecogniserTrainer;
import io.redrl.recognition.TrainingWatch;
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

    /**
     * Trains all recognisers, or finds them.
     *
     * @param train the training set
     * @param features the feature extractor's folder
     * @return each one's folder, in the experiment's order
     */
    Map<RecogniserSpec, Path> run(AdversarialSet train, Path features) {
        List<RecogniserSpec> specs = spec.recogniserSpecs();
        List<AdversarialExample> rows = train.examples();
        try (FeatureExtractor extractor = FeatureExtractor.load(features);
                EvidenceTable evidence = evidence(specs, train, rows)) {
            List<Callable<Path>> work = new ArrayList<>();
            specs.forEach(recogniser ->
                    work.add(() -> recogniser(recogniser, train, rows, phi(recogniser), extractor, evidence)));
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

    /** What all victims say of the training examples, if any recogniser asks. */
    private @Nullable EvidenceTable evidence(
            List<RecogniserSpec> specs, AdversarialSet train, List<AdversarialExample> rows) {
        if (specs.stream().allMatch(recogniser -> recogniser.evidence().isEmpty())) {
            return null;
        }
        List<Classifier> asked = List.copyOf(victims.values());
        String madeFrom = Stages.madeFrom(
                EvidenceTable.VERSION,
                train.manifest(),
                asked.stream().map(Classifier::checksum).toList());
        Path stage = stages.ensure(
                "evidence",
                madeFrom,
                rows.size(),
                "images",
                into -> EvidenceTable.write(rows, asked, into.resolve(EVIDENCE), progress));
        return EvidenceTable.open(
                stage.resolve(EVIDENCE),
                List.copyOf(victims.keySet()),
                victims.keySet().stream().map(victimPaths::get).toList());
    }

    private Path recogniser(
            RecogniserSpec recogniser,
            AdversarialSet train,
            List<AdversarialExample> all,
            @Nullable Classifier phi,
            FeatureExtractor extractor,
            @Nullable EvidenceTable evidence) {
        String madeFrom = Stages.madeFrom(
                recogniser,
                train.manifest(),
                phi == null ? "" : phi.checksum(),
                extractor.checksum(),
                recogniser.evidence().stream()
                        .map(name -> EvidenceTable.VERSION
                                + Objects.requireNonNull(victims.get(name)).checksum())
                        .toList());
        int[] places = places(recogniser, all);
        List<AdversarialExample> rows = Arrays.stream(places).mapToObj(all::get).toList();
        int steps = recogniser.training().totalSteps((int)
                rows.stream().map(AdversarialExample::index).distinct().count());
        return stages.ensure(
                "recognisers/" + recogniser.name(),
                madeFrom,
                (long) steps * recogniser.training().batch(),
                "images",
                into -> {
                    try (EvidenceTable said = evidence == null ? null : evidence.of(places, recogniser.evidence())) {
                        RecogniserTrainer.train(
                                recogniser,
                                rows,
                                trainData,
                                phi,
                                extractor,
                                said,
                                into,
                                TrainingWatch.standard(),
                                progress);
                    }
                });
    }

    /** What a recogniser learns from: all rows, or those of images that no victim was attacked with that it must not meet. */
    private static int[] places(RecogniserSpec recogniser, List<AdversarialExample> all) {
        Set<Integer> met = all.stream()
                .filter(row -> recogniser.withoutVictims().contains(row.victim()))
                .map(AdversarialExample::index)
                .collect(Collectors.toSet());
        return IntStream.range(0, all.size())
                .filter(place -> !met.contains(all.get(place).index()))
                .toArray();
    }
}
