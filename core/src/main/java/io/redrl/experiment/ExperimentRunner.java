package io.redrl.experiment;

import io.redrl.adversarial.AdversarialPlan;
import io.redrl.adversarial.AdversarialSet;
import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.IndexRanges;
import io.redrl.data.Split;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.Robustness;
import io.redrl.evaluation.RobustnessEvaluation;
import io.redrl.evaluation.SaliencyEvaluation;
import io.redrl.evaluation.SummaryTable;
import io.redrl.model.Classifier;
import io.redrl.model.Victims;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.report.HtmlReport;
import io.redrl.report.MarkdownReport;
import io.redrl.tensor.Lanes;
import io.redrl.training.VictimSpec;
import io.redrl.training.VictimTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Walks an experiment's stages: victims, feature extractor, adversarial sets, saliency, recognisers, what
 * they say outside their training data, evaluation, report. Each lies
 * in a folder of its own below {@code runs/NAME/}; what is done and unchanged is not done again. Networks that do not
 * depend on each other are trained side by side, each on one thread ({@link Lanes}).
 */
public final class ExperimentRunner implements AutoCloseable {
    private static final String SALIENCY = "saliency.json";

    private final ExperimentSpec spec;
    private final Path folder;
    private final Path repository;
    private final String yaml;
    private final Source source;
    private final Progress progress;
    private final Stages stages;
    private final ImageDataset trainData;
    private final ImageDataset testData;
    private final Map<String, Classifier> victims = new LinkedHashMap<>();
    private final Map<String, Path> victimPaths = new LinkedHashMap<>();

    /** Opens a split of a data set: {@link Datasets#open}, or a part of what that opens. */
    @FunctionalInterface
    interface Source {
        ImageDataset open(String name, Split split);
    }

    /**
     * What a run ends with.
     *
     * @param summary one line per recogniser
     * @param report the HTML file; {@code results.md} lies beside it
     * @param expected what the experiment's file expects, beside what was measured
     */
    public record Outcome(SummaryTable summary, Path report, List<Expectation.Check> expected) {
        /** Copies the list. */
        public Outcome {
            expected = List.copyOf(expected);
        }
    }

    /**
     * What measuring saliency ends with.
     *
     * @param measured for each victim
     * @param folder where it lies
     */
    public record SaliencyOutcome(SaliencyEvaluation measured, Path folder) {}

    private ExperimentRunner(Path file, Path runs, Path repository, Progress progress) {
        this(ExperimentSpec.read(file, progress::say), text(file), Datasets::open, runs, repository, progress);
    }

    /**
     * A runner for an experiment that is not what a file says.
     *
     * @param spec what to run
     * @param yaml the file that it comes from, for the manifest
     * @param source where images come from
     */
    ExperimentRunner(ExperimentSpec spec, String yaml, Source source, Path runs, Path repository, Progress progress) {
        this.spec = spec;
        this.yaml = yaml;
        this.source = source;
        this.folder = runs.resolve(spec.name());
        this.repository = repository;
        this.progress = progress;
        this.stages = new Stages(folder, progress);
        this.trainData = source.open(spec.data(), spec.train().split());
        this.testData = source.open(spec.data(), spec.test().split());
    }

    /**
     * Runs an experiment, or goes on with one.
     *
     * @param file the experiment's YAML file
     * @param runs where runs lie; this one takes {@code runs/NAME}
     * @param repository the clone that the program was built from, for the manifest
     * @param progress told about everything; asked between steps whether to stop
     */
    public static Outcome run(Path file, Path runs, Path repository, Progress progress) {
        return run(file, Optional.empty(), runs, repository, progress);
    }

    /**
     * Runs an experiment on data that lie elsewhere.
     *
     * @param data where, as {@link Datasets#open} takes it; empty for what the file says
     * @see #run(Path, Path, Path, Progress)
     */
    public static Outcome run(Path file, Optional<String> data, Path runs, Path repository, Progress progress) {
        ExperimentSpec read = ExperimentSpec.read(file, progress::say);
        ExperimentSpec spec = data.map(read::withData).orElse(read);
        try (ExperimentRunner runner =
                new ExperimentRunner(spec, text(file), Datasets::open, runs, repository, progress)) {
            return runner.run();
        }
    }

    /**
     * Measures an experiment's saliency alone, with what it needs: victims and test set.
     *
     * @see #run(Path, Path, Path, Progress)
     * @return what was measured, and the stage's folder, which has it as {@code saliency.json}
     * @throws RedrlException if no image qualifies: none that a victim has right when clean and wrong after an attack
     */
    public static SaliencyOutcome saliency(Path file, Path runs, Path repository, Progress progress) {
        try (ExperimentRunner runner = new ExperimentRunner(file, runs, repository, progress)) {
            runner.networks();
            Path stage = runner.saliency(runner.set("test", runner.spec.test(), runner.testData));
            SaliencyEvaluation measured = Json.read(stage.resolve(SALIENCY), SaliencyEvaluation.class);
            Checks.require(
                    !measured.victims().isEmpty(),
                    "no image of the test set of %s qualifies: none is one that a victim has right when clean and wrong"
                            + " after an attack",
                    file);
            return new SaliencyOutcome(measured, stage);
        }
    }

    /** The victims by name; open as long as the runner is. */
    Map<String, Classifier> victims() {
        return victims;
    }

    Outcome run() {
        Path features = networks();
        AdversarialSet train = set("train", spec.train(), trainData);
        AdversarialSet test = set("test", spec.test(), testData);
        SaliencyEvaluation saliency = Json.read(saliency(test).resolve(SALIENCY), SaliencyEvaluation.class);
        Map<RecogniserSpec, Path> recognisers =
                new RecogniserStages(spec, stages, trainData, victims, victimPaths, progress).run(train, features);
        RobustnessEvaluation robustness = generalisation(test, recognisers);
        Path evaluated = evaluation(train, test, saliency, robustness, recognisers);
        Evaluation evaluation = Evaluation.load(evaluated);
        Path report = HtmlReport.write(evaluation, folder.resolve("report"));
        MarkdownReport.write(evaluation, folder.resolve("report"));
        return new Outcome(
                SummaryTable.of(evaluation.recognition()), report, Expectation.check(spec.expected(), evaluation));
    }

    /** Trains or finds all networks and loads the victims; returns the feature extractor's. */
    private Path networks() {
        List<Callable<Path>> networks = new ArrayList<>();
        spec.victims().forEach(source -> networks.add(() -> network("victims", source)));
        networks.add(() -> network("features", spec.features()));
        List<Path> paths = Lanes.map(networks);
        for (int i = 0; i < spec.victims().size(); i++) {
            victims.put(spec.victims().get(i).name(), Victims.load(paths.get(i)));
            victimPaths.put(spec.victims().get(i).name(), paths.get(i));
        }
        return paths.get(paths.size() - 1);
    }

    /** Trains a network, or finds the user's file. */
    private Path network(String room, NetworkSource source) {
        if (source instanceof NetworkSource.FromFile own) {
            Path file = Path.of(own.file());
            return file.isAbsolute() ? file : repository.resolve(file);
        }
        NetworkSource.Trained trained = (NetworkSource.Trained) source;
        VictimSpec recipe = trained.spec();
        Seed seed = spec.seedValue().child(source.name());
        ImageDataset learn = this.source.open(spec.data(), Split.TRAIN);
        ImageDataset measure = this.source.open(spec.data(), Split.TEST);
        int images = recipe.trainImages() == 0 ? learn.size() : Math.min(recipe.trainImages(), learn.size());
        return stages.ensure(
                room + "/" + source.name(),
                Stages.madeFrom(recipe, seed, learn.checksum(), measure.checksum()),
                (long) recipe.epochs() * images,
                "images",
                stage -> VictimTrainer.train(recipe, seed, learn, measure, stage, progress));
    }

    private AdversarialSet set(String name, SetSpec settings, ImageDataset data) {
        List<Integer> indices = Arrays.stream(IndexRanges.parse(settings.indices(), data))
                .boxed()
                .toList();
        AdversarialPlan plan = AdversarialPlan.of(
                        data,
                        List.copyOf(victims.keySet()),
                        spec.attacks(),
                        indices,
                        spec.seedValue().child("sets/" + name).value())
                .withSampling(settings.sampling())
                .withStorage(settings.storage())
                .withReferenceLabel(settings.referenceLabel());
        return new SetStages(stages, progress).ensure(name, plan, data, victims);
    }

    private Path saliency(AdversarialSet test) {
        String madeFrom = Stages.madeFrom(
                spec.saliency(),
                test.manifest(),
                testData.checksum(),
                victims.values().stream().map(Classifier::checksum).toList());
        return stages.ensure("saliency", madeFrom, test.size(), "images", into -> {
            SaliencyStage stage = new SaliencyStage(
                    spec.saliency(), testData, test, spec.seedValue().child("saliency"), into, progress);
            Json.write(into.resolve(SALIENCY), stage.run(victims));
        });
    }

    /** Without what the evaluation knows of recognisers that a victim was kept from. */
    private RobustnessEvaluation generalisation(AdversarialSet test, Map<RecogniserSpec, Path> recognisers) {
        if (spec.robustness().isEmpty()) {
            return new RobustnessEvaluation(List.of(), List.of(), List.of());
        }
        RobustnessStages outside =
                new RobustnessStages(spec, spec.robustness().get(), stages, source, testData, victims, progress);
        List<Robustness> measured = outside.run(test, recognisers, network -> network("victims", network));
        return new RobustnessEvaluation(measured, List.of(), outside.skipped());
    }

    private Path evaluation(
            AdversarialSet train,
            AdversarialSet test,
            SaliencyEvaluation saliency,
            RobustnessEvaluation robustness,
            Map<RecogniserSpec, Path> recognisers) {
        String madeFrom = Stages.madeFrom(
                spec.withoutExpected(),
                train.manifest(),
                test.manifest(),
                robustness,
                recognisers.values().stream().map(ExperimentRunner::weights).toList());
        return stages.ensure("evaluation", madeFrom, test.size(), "images", into -> {
            EvaluationStage stage = new EvaluationStage(
                    spec, yaml, folder, repository, testData, victims, train, test, recognisers, progress);
            Evaluation measured = stage.run(stages.marks(), into);
            RobustnessEvaluation outside = robustness.withLeftOut(LeftOut.of(recognisers.keySet(), into));
            measured = saliency.victims().isEmpty() ? measured : measured.withSaliency(saliency);
            measured = outside.hasResults() ? measured.withRobustness(outside) : measured;
            measured.save(into);
        });
    }

    /** What names a trained recogniser's content. */
    private static String weights(Path recogniser) {
        return Checksums.of(recogniser.resolve("psi.safetensors"));
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + e, e);
        }
    }

    @Override
    public void close() {
        victims.values().forEach(Classifier::close);
    }
}
