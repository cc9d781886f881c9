package io.redrl.evaluation;

import io.redrl.adversarial.AttackSummary;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.stats.PairedComparison;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Evaluation of a run: everything that a report shows, as plain values. Saved as one JSON file per table; loaded back, it gives the same
 * report.
 *
 * @param name the experiment's name
 * @param setup what was run
 * @param recognition one result per recogniser, in the order of {@link RecogniserKind}
 * @param comparisons pairs of recognisers on the same examples
 * @param repair the paper's Table 4 for this run
 * @param attacks success and norms per victim and attack, and per configuration where there are several
 * @param exemplars images to look at
 * @param curves how the trainings went
 * @param costs what each stage took
 * @param manifest where it all comes from
 * @param saliency which filters and pixels the attacks activate, if that was asked for
 * @param robustness how recognition does outside its training data, if that was asked for
 */
public record Evaluation(
        String name,
        Setup setup,
        List<RecognitionResult> recognition,
        List<PairedComparison> comparisons,
        RepairTable repair,
        List<AttackSummary> attacks,
        List<Exemplar> exemplars,
        List<TrainingCurve> curves,
        List<StageCost> costs,
        RunManifest manifest,
        Optional<SaliencyEvaluation> saliency,
        Optional<RobustnessEvaluation> robustness) {

    private static final String SALIENCY = "saliency.json";
    private static final String ROBUSTNESS = "robustness.json";
    private static final int VERSION = 2;
    private static final String INDEX = "evaluation.json";

    /** Sorts the results and copies the lists. */
    public Evaluation {
        recognition = recognition.stream()
                .sorted(Comparator.comparing(RecognitionResult::kind))
                .toList();
        comparisons = List.copyOf(comparisons);
        for (PairedComparison comparison : comparisons) {
            checkAgrees(comparison, recognition);
        }
        attacks = List.copyOf(attacks);
        exemplars = List.copyOf(exemplars);
        curves = List.copyOf(curves);
        costs = List.copyOf(costs);
    }

    /** An evaluation without saliency and robustness. */
    public Evaluation(
            String name,
            Setup setup,
            List<RecognitionResult> recognition,
            List<PairedComparison> comparisons,
            RepairTable repair,
            List<AttackSummary> attacks,
            List<Exemplar> exemplars,
            List<TrainingCurve> curves,
            List<StageCost> costs,
            RunManifest manifest) {
        this(
                name,
                setup,
                recognition,
                comparisons,
                repair,
                attacks,
                exemplars,
                curves,
                costs,
                manifest,
                Optional.empty(),
                Optional.empty());
    }

    /** The same evaluation with saliency. */
    public Evaluation withSaliency(SaliencyEvaluation measured) {
        return new Evaluation(
                name,
                setup,
                recognition,
                comparisons,
                repair,
                attacks,
                exemplars,
                curves,
                costs,
                manifest,
                Optional.of(measured),
                robustness);
    }

    /** The same evaluation with how recognition does outside its training data. */
    public Evaluation withRobustness(RobustnessEvaluation measured) {
        return new Evaluation(
                name,
                setup,
                recognition,
                comparisons,
                repair,
                attacks,
                exemplars,
                curves,
                costs,
                manifest,
                saliency,
                Optional.of(measured));
    }

    /** A comparison that contradicts the tables was made on other examples. */
    private static void checkAgrees(PairedComparison comparison, List<RecognitionResult> results) {
        double difference = macro(comparison.first(), results) - macro(comparison.second(), results);
        Checks.require(
                Math.abs(difference - comparison.difference()) < 1e-9,
                "the comparison of %s and %s says they differ by %s, their tables say %s",
                comparison.first(),
                comparison.second(),
                comparison.difference(),
                difference);
    }

    private static double macro(String name, List<RecognitionResult> results) {
        return results.stream()
                .filter(r -> r.name().equals(name))
                .mapToDouble(r -> r.confusion().macro())
                .findFirst()
                .orElseThrow(() -> new RedrlException("a comparison names " + name + ", which has no result"));
    }

    /** The index file: the run's name and the version of the format. */
    private record Index(String name, int version, List<String> files) {}

    private static final List<String> FILES = List.of(
            "manifest.json",
            "setup.json",
            "recognition.json",
            "summary.json",
            "comparisons.json",
            "repair.json",
            "attacks.json",
            "exemplars.json",
            "curves.json",
            "costs.json");

    /** The result of the recogniser of this kind, the first if there are several. */
    public Optional<RecognitionResult> result(RecogniserKind kind) {
        return recognition.stream().filter(r -> r.kind() == kind).findFirst();
    }

    /** What the main tables list: no ablations, and of several training seeds the first. */
    public List<RecognitionResult> main() {
        return recognition.stream()
                .filter(r -> !r.kind().ablation() && r.seed() == 1)
                .toList();
    }

    /** The comparison of two recognisers, turned round if it was made the other way. */
    public Optional<PairedComparison> comparison(RecognitionResult first, RecognitionResult second) {
        return comparisons.stream()
                .flatMap(c -> java.util.stream.Stream.of(c, c.reversed()))
                .filter(c -> c.first().equals(first.name()) && c.second().equals(second.name()))
                .findFirst();
    }

    /**
     * Writes one file per table, then the index {@code evaluation.json}, so that an index means a complete evaluation.
     *
     * @param folder created if missing
     */
    public void save(Path folder) {
        Json.write(folder.resolve("manifest.json"), manifest);
        Json.write(folder.resolve("setup.json"), setup);
        Json.write(folder.resolve("recognition.json"), recognition);
        Json.write(folder.resolve("summary.json"), SummaryTable.of(recognition));
        Json.write(folder.resolve("comparisons.json"), comparisons);
        Json.write(folder.resolve("repair.json"), repair);
        Json.write(folder.resolve("attacks.json"), attacks);
        Json.write(folder.resolve("exemplars.json"), exemplars);
        Json.write(folder.resolve("curves.json"), curves);
        Json.write(folder.resolve("costs.json"), costs);
        saliency.ifPresent(s -> Json.write(folder.resolve(SALIENCY), s));
        robustness.ifPresent(r -> Json.write(folder.resolve(ROBUSTNESS), r));
        List<String> files = new ArrayList<>(FILES);
        saliency.ifPresent(s -> files.add(SALIENCY));
        robustness.ifPresent(r -> files.add(ROBUSTNESS));
        Json.write(folder.resolve(INDEX), new Index(name, VERSION, files));
    }

    /** Reads what {@link #save} wrote. */
    public static Evaluation load(Path folder) {
        Index index = Json.read(folder.resolve(INDEX), Index.class);
        Checks.require(
                index.version() == VERSION,
                "%s has format version %d; this redrl reads version %d: run the experiment again, it only evaluates anew",
                folder.resolve(INDEX),
                index.version(),
                VERSION);
        return new Evaluation(
                index.name(),
                Json.read(folder.resolve("setup.json"), Setup.class),
                list(folder, "recognition.json", RecognitionResult[].class),
                list(folder, "comparisons.json", PairedComparison[].class),
                Json.read(folder.resolve("repair.json"), RepairTable.class),
                list(folder, "attacks.json", AttackSummary[].class),
                list(folder, "exemplars.json", Exemplar[].class),
                list(folder, "curves.json", TrainingCurve[].class),
                list(folder, "costs.json", StageCost[].class),
                Json.read(folder.resolve("manifest.json"), RunManifest.class),
                index.files().contains(SALIENCY)
                        ? Optional.of(Json.read(folder.resolve(SALIENCY), SaliencyEvaluation.class))
                        : Optional.empty(),
                index.files().contains(ROBUSTNESS)
                        ? Optional.of(Json.read(folder.resolve(ROBUSTNESS), RobustnessEvaluation.class))
                        : Optional.empty());
    }

    private static <T> List<T> list(Path folder, String file, Class<T[]> type) {
        return Arrays.asList(Json.read(folder.resolve(file), type));
    }
}
