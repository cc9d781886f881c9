package io.redrl.experiment;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.AdversarialSet;
import io.redrl.attack.AttackCatalog;
import io.redrl.attack.AttackSpec;
import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.evaluation.Evaluation;
import io.redrl.evaluation.Evaluator;
import io.redrl.evaluation.Exemplar;
import io.redrl.evaluation.Exemplars;
import io.redrl.evaluation.PredictionRow;
import io.redrl.evaluation.RecogniserKind;
import io.redrl.evaluation.RecognitionResult;
import io.redrl.evaluation.RepairTable;
import io.redrl.evaluation.RunEnvironment;
import io.redrl.evaluation.RunManifest;
import io.redrl.evaluation.Setup;
import io.redrl.evaluation.StageCost;
import io.redrl.evaluation.TrainingCurve;
import io.redrl.model.Classifier;
import io.redrl.model.ModelCard;
import io.redrl.recognition.Recogniser;
import io.redrl.recognition.RecogniserSpec;
import io.redrl.stats.PairedComparison;
import io.redrl.stats.Proportion;
import io.redrl.training.Accuracy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Measures a run's recognisers on its test set and gathers what the report shows. */
final class EvaluationStage {
    private static final int BATCH = 100;

    private final ExperimentSpec spec;
    private final String yaml;
    private final Path folder;
    private final Path repository;
    private final ImageDataset data;
    private final Map<String, Classifier> victims;
    private final AdversarialSet train;
    private final AdversarialSet test;
    private final Map<RecogniserSpec, Path> recognisers;
    private final Progress progress;

    EvaluationStage(
            ExperimentSpec spec,
            String yaml,
            Path folder,
            Path repository,
            ImageDataset data,
            Map<String, Classifier> victims,
            AdversarialSet train,
            AdversarialSet test,
            Map<RecogniserSpec, Path> recognisers,
            Progress progress) {
        this.spec = spec;
        this.yaml = yaml;
        this.folder = folder;
        this.repository = repository;
        this.data = data;
        this.victims = victims;
        this.train = train;
        this.test = test;
        this.recognisers = recognisers;
        this.progress = progress;
    }

    /**
     * Measures everything.
     *
     * @param marks of the stages before this one
     * @param into where each recogniser's predictions for each test example are written
     */
    Evaluation run(List<StageMark> marks, Path into) {
        List<AdversarialExample> rows = test.examples();
        Map<String, List<PredictionRow>> predictions = new LinkedHashMap<>();
        List<RecognitionResult> results = new ArrayList<>();
        RepairTable repair = new RepairTable("", List.of());
        List<Exemplar> exemplars = List.of();
        for (Map.Entry<RecogniserSpec, Path> entry : recognisers.entrySet()) {
            RecogniserSpec recogniser = entry.getKey();
            RecogniserKind kind = RecogniserKinds.of(recogniser);
            try (Recogniser trained = Recogniser.load(entry.getValue())) {
                Evaluator.RowPredictions predict = Evaluator.uncalibrated(
                        trained::logits, recogniser.input().needsClean() ? data : null);
                List<PredictionRow> said = Evaluator.predictions(recogniser.name(), rows, predict, BATCH, progress);
                PredictionRow.write(into.resolve("predictions-" + recogniser.name() + ".jsonl"), said);
                if (!recogniser.leftOutVictims().isEmpty()) {
                    continue; // not comparable with those that met every victim: LeftOut has them
                }
                RecognitionResult result = RecognitionResult.of(
                        recogniser.name(),
                        kind,
                        RecogniserKinds.title(recogniser),
                        RecogniserKinds.input(recogniser),
                        said);
                results.add(result);
                if (result.seed() == 1) {
                    predictions.put(recogniser.name(), said);
                }
                if (kind == RecogniserKind.REDRL && exemplars.isEmpty()) {
                    repair = new RepairTable(recogniser.name(), repaired(trained, rows));
                    exemplars = Exemplars.of(
                            Exemplars.choose(rows, spec.exemplars()), victims, data, trained::reconstruct, predict);
                }
            }
        }
        return new Evaluation(
                spec.name(),
                setup(),
                results,
                comparisons(predictions),
                repair,
                test.manifest().table(),
                exemplars,
                curves(),
                costs(marks),
                manifest(marks));
    }

    private List<RepairTable.Row> repaired(Recogniser trained, List<AdversarialExample> rows) {
        List<RepairTable.Row> table = new ArrayList<>();
        victims.forEach((name, victim) -> table.addAll(Evaluator.repair(
                name, rows, Evaluator.verdicts(victim), Evaluator.verdicts(victim, trained::reconstruct), BATCH)));
        return table;
    }

    /** Every pair of first seeds, so that the report can say of any two whether they differ. */
    private static List<PairedComparison> comparisons(Map<String, List<PredictionRow>> predictions) {
        List<String> names = List.copyOf(predictions.keySet());
        List<PairedComparison> pairs = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            for (String other : names.subList(i + 1, names.size())) {
                pairs.add(Evaluator.compared(
                        names.get(i),
                        predictions.getOrDefault(names.get(i), List.of()),
                        other,
                        predictions.getOrDefault(other, List.of())));
            }
        }
        return pairs;
    }

    private Setup setup() {
        List<Setup.Victim> described = new ArrayList<>();
        for (NetworkSource source : spec.victims()) {
            Classifier victim = victims.get(source.name());
            Checks.require(victim != null, "no victim called %s", source.name());
            described.add(described(source, java.util.Objects.requireNonNull(victim)));
        }
        Map<String, List<String>> configs = new TreeMap<>(Comparator.comparing(AttackCatalog.order()::indexOf));
        for (AttackSpec attack : spec.attacks()) {
            configs.computeIfAbsent(attack.id(), k -> new ArrayList<>()).add(Json.line(attack));
        }
        List<Setup.AttackSettings> settings = new ArrayList<>();
        configs.forEach((attack, own) -> settings.add(new Setup.AttackSettings(attack, own)));
        return new Setup(
                Datasets.canonical(spec.data()),
                train.plan().indices().size(),
                test.plan().indices().size(),
                train.size(),
                test.size(),
                Json.line(spec.test().storage()).replace("\"", ""),
                described,
                settings,
                networks());
    }

    private Setup.Victim described(NetworkSource source, Classifier victim) {
        Path card = folder.resolve("victims").resolve(source.name()).resolve(ModelCard.FILE);
        Proportion accuracy = Accuracy.of(victim, data, progress);
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
        RecogniserSpec one = recognisers.keySet().stream()
                .filter(r -> RecogniserKinds.of(r) == RecogniserKind.REDRL)
                .findFirst()
                .orElseGet(() -> recognisers.keySet().iterator().next());
        int steps = one.training().totalSteps(train.plan().indices().size());
        return String.format(
                "G: %d residual blocks of %d channels; Ψ: a ResNet of width %d with %d block(s) a stage; F: %s, block 3;"
                        + " Φ: %s; trained for %,d steps of %d images.",
                one.reconstructor().blocks(),
                one.reconstructor().channels(),
                one.classifier().width(),
                one.classifier().blocksPerStage(),
                spec.features().name(),
                spec.phi(),
                steps,
                one.training().batch());
    }

    private List<TrainingCurve> curves() {
        List<TrainingCurve> curves = new ArrayList<>();
        recognisers.forEach((recogniser, path) ->
                curves.add(TrainingCurve.read(path.resolve("metrics.jsonl"), recogniser.name(), "step")));
        return curves;
    }

    private static List<StageCost> costs(Collection<StageMark> marks) {
        return marks.stream()
                .map(m -> new StageCost(m.stage(), m.seconds(), m.items(), m.unit()))
                .toList();
    }

    private RunManifest manifest(List<StageMark> marks) {
        Map<String, String> models = new LinkedHashMap<>();
        victims.forEach((name, victim) -> models.put("victims/" + name, victim.checksum()));
        recognisers.forEach((recogniser, path) ->
                models.put("recognisers/" + recogniser.name(), Checksums.of(path.resolve("psi.safetensors"))));
        double seconds = marks.stream().mapToDouble(StageMark::seconds).sum();
        return new RunManifest(
                yaml,
                Checksums.of(yaml),
                Map.of("experiment", spec.seed()),
                data.id(),
                data.checksum(),
                models,
                RunEnvironment.here(repository, "cpu"),
                marks.stream()
                        .map(StageMark::started)
                        .min(Comparator.naturalOrder())
                        .orElse(""),
                seconds);
    }
}
