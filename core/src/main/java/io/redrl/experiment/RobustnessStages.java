package io.redrl.experiment;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.AdversarialPlan;
import io.redrl.adversarial.AdversarialSet;
import io.redrl.adversarial.SamplingPolicy;
import io.redrl.attack.AttackSpec;
import io.redrl.base.AtomicFiles;
import io.redrl.base.Checksums;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.calibration.Calibration;
import io.redrl.calibration.CalibrationFit;
import io.redrl.calibration.OodMethod;
import io.redrl.calibration.OodScore;
import io.redrl.calibration.SyntheticOutlier;
import io.redrl.data.ImageDataset;
import io.redrl.data.IndexRanges;
import io.redrl.evaluation.Robustness;
import io.redrl.model.Classifier;
import io.redrl.model.Victims;
import io.redrl.recognition.Recogniser;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.tensor.Lanes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;

/**
 * The stages of an experiment's {@code generalisation}: victims that training never saw, the sets, a calibration for each
 * recogniser ({@code calibration/NAME}, copied beside its weights) and what it then says ({@code generalisation/NAME}).
 */
final class RobustnessStages {
    private static final String RESULT = "robustness.json";
    private static final String SUMMARY = "summary.json";

    private final ExperimentSpec spec;
    private final RobustnessPlan plan;
    private final Stages stages;
    private final SetStages sets;
    private final ExperimentRunner.Source source;
    private final ImageDataset testData;
    private final Map<String, Classifier> victims;
    private final Progress progress;
    private final List<String> skipped = new ArrayList<>();

    /**
     * @param source where images come from
     * @param testData the split of the test set
     * @param victims the experiment's, which stay open
     */
    RobustnessStages(
            ExperimentSpec spec,
            RobustnessPlan plan,
            Stages stages,
            ExperimentRunner.Source source,
            ImageDataset testData,
            Map<String, Classifier> victims,
            Progress progress) {
        this.spec = spec;
        this.plan = plan;
        this.stages = stages;
        this.sets = new SetStages(stages, progress);
        this.source = source;
        this.testData = testData;
        this.victims = victims;
        this.progress = progress;
    }

    /** What could not be measured, with the reason. */
    List<String> skipped() {
        return List.copyOf(skipped);
    }

    /**
     * Makes what is missing and measures.
     *
     * @param test the experiment's test set
     * @param recognisers the trained recognisers' folders
     * @param network trains or finds a network and says where it is
     */
    List<Robustness> run(
            AdversarialSet test, Map<RecogniserSpec, Path> recognisers, Function<NetworkSource, Path> network) {
        AdversarialSet validation = validation();
        Map<String, AdversarialSet> strangers = victimSets(network);
        AdversarialSet settings = plan.attacks().isEmpty() ? null : onTestImages("settings", plan.attacks());
        AdversarialSet unknown = plan.unknown().isEmpty() ? null : onTestImages("unknown", plan.unknown());
        AdversarialSet cleanCorruptions =
                plan.cleanCorruptions().isEmpty() ? null : onTestImages("cleanCorruptions", plan.cleanCorruptions());
        RobustnessSets measured = new RobustnessSets(
                test, indices(plan.images(), testData), strangers, settings, unknown, cleanCorruptions);
        List<Callable<Robustness>> work = new ArrayList<>();
        for (String name : plan.recognisers()) {
            recognisers.forEach((recogniser, folder) -> {
                if (recogniser.name().equals(name)) {
                    work.add(() -> {
                        calibrate(recogniser, folder, validation);
                        return measure(recogniser, folder, measured);
                    });
                }
            });
        }
        return Lanes.map(work);
    }

    private AdversarialSet validation() {
        SetSpec settings = plan.validation();
        ImageDataset data = source.open(spec.data(), settings.split());
        AdversarialPlan made = AdversarialPlan.of(
                        data,
                        List.copyOf(victims.keySet()),
                        spec.attacks(),
                        indices(settings.indices(), data),
                        seed("validation"))
                .withSampling(settings.sampling())
                .withStorage(settings.storage())
                .withReferenceLabel(settings.referenceLabel());
        return sets.ensure("generalisation-validation", made, data, victims);
    }

    private Map<String, AdversarialSet> victimSets(Function<NetworkSource, Path> network) {
        List<NetworkSource> present = new ArrayList<>();
        List<Callable<Path>> networks = new ArrayList<>();
        for (NetworkSource victim : plan.victims()) {
            if (victim instanceof NetworkSource.FromFile && !Files.exists(network.apply(victim))) {
                String reason = "the victim " + victim.name() + ": its file is not there";
                progress.say("generalisation: left out " + reason);
                skipped.add(reason);
            } else {
                present.add(victim);
                networks.add(() -> network.apply(victim));
            }
        }
        List<Path> paths = Lanes.map(networks);
        Map<String, AdversarialSet> made = new LinkedHashMap<>();
        for (int i = 0; i < paths.size(); i++) {
            String name = present.get(i).name();
            try (Classifier victim = Victims.load(paths.get(i))) {
                String set = "victim-" + name;
                made.put(
                        name,
                        sets.ensure(
                                "generalisation-" + set,
                                plan(set, List.of(name), spec.attacks(), SamplingPolicy.ONE_PER_ATTACK),
                                testData,
                                Map.of(name, victim)));
            }
        }
        return made;
    }

    private AdversarialSet onTestImages(String name, List<AttackSpec> attacks) {
        return sets.ensure(
                "generalisation-" + name,
                plan(name, List.copyOf(victims.keySet()), attacks, spec.test().sampling()),
                testData,
                victims);
    }

    private AdversarialPlan plan(String name, List<String> attacked, List<AttackSpec> attacks, SamplingPolicy draw) {
        return AdversarialPlan.of(testData, attacked, attacks, indices(plan.images(), testData), seed(name))
                .withClean(false)
                .withSampling(draw)
                .withStorage(spec.test().storage())
                .withReferenceLabel(spec.test().referenceLabel());
    }

    private long seed(String name) {
        return spec.seedValue().child("generalisation/" + name).value();
    }

    private static List<Integer> indices(String text, ImageDataset data) {
        return Arrays.stream(IndexRanges.parse(text, data)).boxed().toList();
    }

    private void calibrate(RecogniserSpec recogniser, Path folder, AdversarialSet validation) {
        List<AdversarialExample> rows = validation.examples();
        Path stage = stages.ensure(
                "calibration/" + recogniser.name(),
                Stages.madeFrom(
                        List.of(OodMethod.values()),
                        List.of(SyntheticOutlier.values()),
                        plan.falsePositiveRate(),
                        validation.manifest(),
                        weights(recogniser, folder)),
                rows.size(),
                "images",
                into -> {
                    ImageDataset data =
                            source.open(spec.data(), plan.validation().split());
                    forget(folder);
                    try (Recogniser trained = Recogniser.load(folder);
                            CalibrationFit fit = Calibrator.fit(
                                    trained,
                                    rows,
                                    data,
                                    plan.falsePositiveRate(),
                                    spec.seedValue().child("calibration"),
                                    progress)) {
                        Json.write(into.resolve(SUMMARY), fit.summary());
                        fit.save(into);
                    }
                });
        copy(stage, folder);
    }

    /** An earlier calibration has no part in a new one, and may be of another version. */
    private static void forget(Path folder) {
        try {
            Files.deleteIfExists(folder.resolve(Calibration.FILE));
        } catch (IOException e) {
            throw new RedrlException("Could not delete the old calibration in " + folder + ": " + e, e);
        }
    }

    /** The file that names the score goes first and comes last: without it a recogniser loads as it was trained. */
    private static void copy(Path stage, Path folder) {
        try {
            byte[] score = Files.readAllBytes(stage.resolve(OodScore.FILE));
            byte[] calibration = Files.readAllBytes(stage.resolve(Calibration.FILE));
            if (!holds(folder.resolve(OodScore.FILE), score) || !holds(folder.resolve(Calibration.FILE), calibration)) {
                Files.deleteIfExists(folder.resolve(Calibration.FILE));
                AtomicFiles.write(folder.resolve(OodScore.FILE), out -> out.write(score));
                AtomicFiles.write(folder.resolve(Calibration.FILE), out -> out.write(calibration));
            }
        } catch (IOException e) {
            throw new RedrlException("Could not copy the calibration in " + stage + " to " + folder + ": " + e, e);
        }
    }

    private static boolean holds(Path file, byte[] content) throws IOException {
        return Files.exists(file) && Arrays.equals(content, Files.readAllBytes(file));
    }

    private Robustness measure(RecogniserSpec recogniser, Path folder, RobustnessSets measured) {
        CalibrationFit.Summary fit = Json.read(
                stages.folder("calibration/" + recogniser.name()).resolve(SUMMARY), CalibrationFit.Summary.class);
        Path stage = stages.ensure(
                "generalisation/" + recogniser.name(),
                Stages.madeFrom(
                        plan.images(), plan.corruptions(), measured.manifests(), weights(recogniser, folder), fit),
                measured.size(plan.corruptions().size()),
                "images",
                into -> {
                    try (Recogniser trained = Recogniser.load(folder)) {
                        RobustnessStage stageOf = new RobustnessStage(trained, measured, progress);
                        Json.write(into.resolve(RESULT), stageOf.run(fit, plan.corruptions(), into));
                    }
                });
        return Json.read(stage.resolve(RESULT), Robustness.class);
    }

    /** What names a trained recogniser's content. */
    private static String weights(RecogniserSpec recogniser, Path folder) {
        String g = recogniser.input().reconstructs() ? Checksums.of(folder.resolve("g.safetensors")) : "";
        return Checksums.of(folder.resolve("psi.safetensors")) + g;
    }
}
