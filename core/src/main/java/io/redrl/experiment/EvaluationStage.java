package io.redrl.experiment;

import io.redrl.adversarial.SetRows;
import io.redrl.attack.AttackCatalog;
import io.redrl.attack.AttackSpec;
import io.redrl.base.Checksums;
import io.redrl.base.Json;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.Evaluator;
import io.redrl.evaluation.Exemplar;
import io.redrl.evaluation.Exemplars;
import io.redrl.evaluation.LeaveOneVictimOut;
import io.redrl.evaluation.PredictionRow;
import io.redrl.evaluation.RecogniserKind;
import io.redrl.evaluation.RecognitionResult;
import io.redrl.evaluation.RepairTable;
import io.redrl.evaluation.RobustnessEvaluation;
import io.redrl.evaluation.RunEnvironment;
import io.redrl.evaluation.RunManifest;
import io.redrl.evaluation.SaliencyEvaluation;
import io.redrl.evaluation.Setup;
import io.redrl.evaluation.TrainingCurve;
import io.redrl.model.Classifier;
import io.redrl.model.ModelCard;
import io.redrl.recognition.Recogniser;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.stats.PairedComparison;
import io.redrl.stats.Proportion;
import io.redrl.tensor.ComputeDevice;
import io.redrl.training.Accuracy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The stage that measures a run's recognisers on its test set and gathers what the report shows.
 *
 * @param run whose other stages are done
 * @param robustness what was measured outside the training data, but for recognisers that a victim was kept from
 * @param marks of the stages before this one
 */
record EvaluationStage(Run run, RobustnessEvaluation robustness, List<StageMark> marks) {
    /** Raised when the same predictions make other tables. */
    static final int VERSION = 2;

    private static final int BATCH = 100;

    /** Measures everything and writes it, with what each recogniser predicts for each test example. */
    void run(Path into) {
        SetRows rows = run.examples(PlannedSet.TEST);
        Map<Variant, List<PredictionRow>> predictions = new LinkedHashMap<>();
        RepairTable repair = new RepairTable("", List.of());
        List<Exemplar> exemplars = List.of();
        for (Variant variant : run.variants) {
            try (Recogniser trained = run.load(variant)) {
                Evaluator.RowPredictions predict = Evaluator.uncalibrated(
                        trained::logits, variant.settings().input().needsClean() ? data() : null);
                List<PredictionRow> own = Evaluator.predictions(variant.name(), rows, predict, BATCH, run.progress);
                PredictionRow.write(into.resolve("predictions-" + variant.name() + ".jsonl"), own);
                predictions.put(variant, own);
                if (variant.kind() == RecogniserKind.REDRL && variant.metAllVictims() && exemplars.isEmpty()) {
                    repair = new RepairTable(variant.name(), repaired(trained, rows));
                    exemplars = Exemplars.of(
                            Exemplars.choose(rows, run.spec.exemplars()),
                            run.victims(),
                            data(),
                            trained::reconstruct,
                            predict);
                }
            }
        }
        // One that victims were kept from is not comparable with those that met all.
        List<Variant> met =
                predictions.keySet().stream().filter(Variant::metAllVictims).toList();
        Evaluation evaluation = new Evaluation(
                run.spec.name(),
                setup(),
                met.stream().map(variant -> result(variant, predictions)).toList(),
                comparisons(met, predictions),
                repair,
                run.set(PlannedSet.TEST).manifest().table(),
                exemplars,
                run.variants.stream()
                        .map(variant -> TrainingCurve.read(
                                run.recogniser(variant).resolve("metrics.jsonl"), variant.name(), "step"))
                        .toList(),
                marks.stream().map(StageMark::cost).toList(),
                manifest());
        SaliencyEvaluation saliency = SaliencyStage.result(run);
        RobustnessEvaluation outside = robustness.withLeftOut(leaveOneVictimOut(predictions));
        evaluation = saliency.victims().isEmpty() ? evaluation : evaluation.withSaliency(saliency);
        evaluation = outside.hasResults() ? evaluation.withRobustness(outside) : evaluation;
        evaluation.save(into);
    }

    private ImageDataset data() {
        return run.data(run.spec.test().split());
    }

    private List<RepairTable.Row> repaired(Recogniser trained, SetRows rows) {
        List<RepairTable.Row> table = new ArrayList<>();
        run.victims()
                .forEach((name, victim) -> table.addAll(Evaluator.repair(
                        name,
                        rows,
                        Evaluator.verdicts(victim),
                        Evaluator.verdicts(victim, trained::reconstruct),
                        BATCH)));
        return table;
    }

    private static RecognitionResult result(Variant variant, Map<Variant, List<PredictionRow>> predictions) {
        return RecognitionResult.of(
                        variant.name(),
                        variant.kind(),
                        variant.title(),
                        variant.input(),
                        predictions.getOrDefault(variant, List.of()))
                .versionOf(variant.of(), variant.seedNumber());
    }

    /** Every pair of first seeds, so that the report can say of any two whether they differ. */
    private static List<PairedComparison> comparisons(
            List<Variant> met, Map<Variant, List<PredictionRow>> predictions) {
        List<Variant> firsts =
                met.stream().filter(variant -> variant.seedNumber() == 1).toList();
        List<PairedComparison> pairs = new ArrayList<>();
        for (int i = 0; i < firsts.size(); i++) {
            Variant one = firsts.get(i);
            for (Variant other : firsts.subList(i + 1, firsts.size())) {
                pairs.add(Evaluator.compared(
                        one.name(),
                        predictions.getOrDefault(one, List.of()),
                        other.name(),
                        predictions.getOrDefault(other, List.of())));
            }
        }
        return pairs;
    }

    /** Each recogniser that victims were kept from, on each of these, beside the one that it is a version of. */
    private static List<LeaveOneVictimOut> leaveOneVictimOut(Map<Variant, List<PredictionRow>> predictions) {
        List<LeaveOneVictimOut> measured = new ArrayList<>();
        predictions.forEach((one, own) -> predictions.forEach((whole, all) -> {
            if (!one.metAllVictims() && one.of().equals(whole.name())) {
                one.settings()
                        .leftOutVictims()
                        .forEach(victim ->
                                measured.add(LeaveOneVictimOut.of(one.name(), victim, own, whole.name(), all)));
            }
        }));
        return measured;
    }

    private Setup setup() {
        Map<String, List<String>> configs = new TreeMap<>(Comparator.comparing(AttackCatalog.order()::indexOf));
        for (AttackSpec attack : run.spec.attacks()) {
            configs.computeIfAbsent(attack.id(), k -> new ArrayList<>()).add(Json.line(attack));
        }
        List<Setup.AttackSettings> settings = new ArrayList<>();
        configs.forEach((attack, own) -> settings.add(new Setup.AttackSettings(attack, own)));
        return new Setup(
                Datasets.canonical(run.spec.data().name()),
                run.spec.train().count(),
                run.spec.test().count(),
                run.set(PlannedSet.TRAIN).size(),
                run.set(PlannedSet.TEST).size(),
                Json.line(run.spec.test().storage()).replace("\"", ""),
                run.spec.victims().stream().map(this::victim).toList(),
                settings,
                networks(),
                Optional.of(Setup.LeftOut.of(
                        run.rows(PlannedSet.TRAIN),
                        run.spec.train().referenceLabel(),
                        run.rows(PlannedSet.TEST),
                        run.spec.test().referenceLabel())));
    }

    /** With its clean accuracy on the whole split that the test set was drawn from. */
    private Setup.Victim victim(NetworkSource source) {
        Classifier victim = Objects.requireNonNull(run.victims().get(source.name()));
        Proportion accuracy = Accuracy.of(victim, data(), run.progress);
        Path card = run.network("victims", source).resolve(ModelCard.FILE);
        if (source instanceof NetworkSource.Trained && Files.exists(card)) {
            ModelCard model = Json.read(card, ModelCard.class);
            return new Setup.Victim(
                    source.name(),
                    model.architecture() + ", trained here for " + model.epochs() + " epochs",
                    model.parameters(),
                    accuracy);
        }
        return new Setup.Victim(source.name(), "from a file", 0, accuracy);
    }

    private String networks() {
        List<Variant> variants = run.variants;
        RecogniserSpec one = variants.stream()
                .filter(variant -> variant.kind() == RecogniserKind.REDRL)
                .findFirst()
                .orElse(variants.get(0))
                .settings();
        return String.format(
                "G: %d residual blocks of %d channels; Ψ: a ResNet of width %d with %d block(s) a stage; F: %s, block 3;"
                        + " Φ: %s; trained for %,d steps of %d images.",
                one.reconstructor().blocks(),
                one.reconstructor().channels(),
                one.classifier().width(),
                one.classifier().blocksPerStage(),
                run.spec.features().name(),
                run.spec.phi(),
                one.training().totalSteps(run.spec.train().count()),
                one.training().batch());
    }

    private RunManifest manifest() {
        Map<String, String> models = new LinkedHashMap<>();
        run.victims().forEach((name, victim) -> models.put("victims/" + name, victim.checksum()));
        run.variants.forEach(variant -> models.put(
                "recognisers/" + variant.name(),
                Checksums.of(run.recogniser(variant).resolve("psi.safetensors"))));
        return new RunManifest(
                run.yaml,
                Checksums.of(run.yaml),
                Map.of("experiment", run.spec.seed()),
                data().id(),
                data().checksum(),
                models,
                RunEnvironment.here(run.repository, ComputeDevice.current().name()),
                marks.stream()
                        .map(StageMark::started)
                        .min(Comparator.naturalOrder())
                        .orElse(""),
                marks.stream().mapToDouble(StageMark::seconds).sum());
    }
}
