package io.redrl.experiment;

import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.data.DataSource;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.IndexRanges;
import io.redrl.data.Split;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.RobustnessEvaluation;
import io.redrl.evaluation.SaliencyEvaluation;
import io.redrl.evaluation.SummaryTable;
import io.redrl.report.HtmlReport;
import io.redrl.report.MarkdownReport;
import io.redrl.training.VictimSpec;
import io.redrl.training.VictimTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Runner of experiments: victims and feature extractor, adversarial sets, saliency, recognisers, robustness, evaluation, each a {@link Stage}
 * with a folder of its own below {@code runs/NAME/}; then the report. What is done and unchanged is not done again.
 */
public final class ExperimentRunner {
    private static final String EVALUATION = "evaluation";

    private final Run run;
    private final Stages stages;

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

    ExperimentRunner(Run run) {
        this.run = run;
        this.stages = new Stages(run.folder, run.progress);
    }

    /**
     * Runs an experiment, or goes on with one.
     *
     * @param file the experiment's YAML file
     * @param data where the data set lies, as {@link Datasets#open} takes it; empty for what the file says
     * @param runs where runs lie; this one takes {@code runs/NAME}
     * @param repository the clone that the program was built from, for the manifest
     * @param progress told about everything; asked between steps whether to stop
     */
    public static Outcome run(Path file, Optional<String> data, Path runs, Path repository, Progress progress) {
        ExperimentSpec read = ExperimentSpec.read(file, progress::say);
        ExperimentSpec spec = data.map(read::withData).orElse(read);
        try (Run run = new Run(spec, text(file), DataSource::open, runs, repository, progress)) {
            return new ExperimentRunner(run).run();
        }
    }

    /** Runs an experiment on the data that its file names. */
    static Outcome run(Path file, Path runs, Path repository, Progress progress) {
        return run(file, Optional.empty(), runs, repository, progress);
    }

    /**
     * Measures an experiment's saliency alone, with what it needs: victims and test set.
     *
     * @see #run(Path, Optional, Path, Path, Progress)
     * @return what was measured, and the stage's folder, which has it as {@code saliency.json}
     * @throws RedrlException if no image qualifies: none that a victim has right when clean and wrong after an attack
     */
    public static SaliencyOutcome saliency(Path file, Path runs, Path repository, Progress progress) {
        ExperimentSpec spec = ExperimentSpec.read(file, progress::say);
        Checks.require(
                spec.saliency().isPresent(),
                "%s does not ask for saliency: give it a line such as saliency: {images: 256}",
                file);
        try (Run run = new Run(spec, text(file), DataSource::open, runs, repository, progress)) {
            ExperimentRunner runner = new ExperimentRunner(run);
            runner.stages.run(runner.networks("victims", spec.victims()));
            runner.stages.run(run.planned(PlannedSet.TEST).stage(run));
            runner.stages.run(new SaliencyStage(run).stage());
            SaliencyEvaluation measured = SaliencyStage.result(run);
            Checks.require(
                    !measured.victims().isEmpty(),
                    "no image of the test set of %s qualifies: none is one that a victim has right when clean and wrong"
                            + " after an attack",
                    file);
            return new SaliencyOutcome(measured, SaliencyStage.folder(run));
        }
    }

    /** Runs every stage and writes the report. */
    Outcome run() {
        for (PlannedSet set : PlannedSet.of(run)) {
            IndexRanges.parse(set.images().indices(), run.data(set.images().split()));
        }
        skipped().forEach(what -> run.progress.say("robustness: left out " + what));
        walk(stages::run);
        Evaluation evaluation = Evaluation.load(run.folder.resolve(EVALUATION));
        Path report = HtmlReport.write(evaluation, run.folder.resolve("report"));
        MarkdownReport.write(evaluation, run.folder.resolve("report"));
        return new Outcome(
                SummaryTable.of(evaluation.recognition()), report, Expectation.check(run.spec.expected(), evaluation));
    }

    /** The marks of all stages that were run. */
    List<StageMark> marks() {
        return stages.marks();
    }

    /** Hands over the stages in the order in which they run, those of a group together that do not depend on each other. */
    void walk(Consumer<List<Stage>> runner) {
        List<Stage> networks = new ArrayList<>(networks("victims", run.spec.victims()));
        networks.addAll(networks("features", List.of(run.spec.features())));
        networks.addAll(networks("victims", run.unseenVictims()));
        runner.accept(networks);
        PlannedSet.of(run).forEach(set -> runner.accept(List.of(set.stage(run))));
        run.spec.saliency().ifPresent(plan -> runner.accept(List.of(new SaliencyStage(run).stage())));
        try (RecogniserStages recognisers = new RecogniserStages(run)) {
            recognisers.features().forEach(stage -> runner.accept(List.of(stage)));
            runner.accept(recognisers.recognisers());
        }
        run.spec.robustness().map(plan -> new RobustnessStages(run, plan)).ifPresent(outside -> {
            runner.accept(outside.calibrations());
            runner.accept(outside.measurements());
        });
        runner.accept(List.of(evaluation()));
    }

    /** Stages that train networks. */
    private List<Stage> networks(String room, List<NetworkSource> sources) {
        return sources.stream()
                .filter(NetworkSource.Trained.class::isInstance)
                .map(NetworkSource.Trained.class::cast)
                .map(source -> network(room, source))
                .toList();
    }

    private Stage network(String room, NetworkSource.Trained source) {
        VictimSpec recipe = source.spec();
        Seed seed = run.spec.seedValue().child(source.name());
        ImageDataset learn = run.data(Split.TRAIN);
        ImageDataset measure = run.data(Split.TEST);
        int all = run.size(Split.TRAIN);
        long images = (long) recipe.epochs() * (recipe.trainImages() == 0 ? all : Math.min(recipe.trainImages(), all));
        return new Stage(
                room + "/" + source.name(),
                () -> List.of(recipe, seed, learn.checksum(), measure.checksum()),
                images,
                Stage.IMAGES,
                true,
                into -> {
                    VictimTrainer.train(recipe, seed, learn, measure, into, run.progress);
                    return images;
                });
    }

    /** Its images are the test examples for each recogniser, and the split's clean images for each victim. */
    private Stage evaluation() {
        long images = (long) run.variants.size() * run.plan(PlannedSet.TEST).size()
                + (long) run.spec.victims().size() * run.size(run.spec.test().split());
        return new Stage(
                EVALUATION,
                () -> List.of(
                        EvaluationStage.VERSION,
                        run.spec.withoutExpected(),
                        run.set(PlannedSet.TRAIN).manifest(),
                        run.set(PlannedSet.TEST).manifest(),
                        robustness(),
                        run.variants.stream()
                                .map(variant ->
                                        Checksums.of(run.recogniser(variant).resolve("psi.safetensors")))
                                .toList()),
                images,
                Stage.IMAGES,
                false,
                into -> {
                    new EvaluationStage(run, robustness(), marks()).run(into);
                    return images;
                });
    }

    /** Without what the evaluation knows of recognisers that a victim was kept from. */
    private RobustnessEvaluation robustness() {
        return new RobustnessEvaluation(
                run.spec
                        .robustness()
                        .map(plan -> new RobustnessStages(run, plan).results())
                        .orElse(List.of()),
                List.of(),
                skipped());
    }

    /** What the experiment asks for and cannot be measured, with the reason. */
    private List<String> skipped() {
        List<NetworkSource> there = run.unseenVictims();
        return run.spec.robustness().stream()
                .flatMap(plan -> plan.victims().stream())
                .filter(victim -> !there.contains(victim))
                .map(victim -> "the victim " + victim.name() + ": its file is not there")
                .toList();
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + e, e);
        }
    }
}
