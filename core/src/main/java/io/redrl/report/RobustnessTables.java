package io.redrl.report;

import static io.redrl.report.Table.CLASSES;
import static io.redrl.report.Table.classes;

import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.LeaveOneVictimOut;
import io.redrl.evaluation.Robustness;
import io.redrl.evaluation.RobustnessEvaluation;
import io.redrl.report.Table.Cell;
import io.redrl.stats.Proportion;
import io.redrl.stats.Reliability;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What recognisers do outside their training distribution, and how far their probabilities can be believed. */
final class RobustnessTables {
    private RobustnessTables() {}

    /** Every table: victims left out of training first, then recogniser by recogniser. */
    static List<Table> all(RobustnessEvaluation robustness) {
        return Stream.concat(
                        Stream.of(leftOut(robustness.leftOut())),
                        robustness.recognisers().stream()
                                .flatMap(r ->
                                        Stream.of(conditions(r), corruptions(r), unseen(r), calibration(r), scores(r))))
                .toList();
    }

    /** Where each recogniser is at its worst, and what could not be measured. */
    static List<String> findings(RobustnessEvaluation robustness) {
        return Stream.concat(
                        robustness.recognisers().stream().flatMap(r -> worst(r).stream()),
                        robustness.skipped().stream().map(reason -> "Left out: " + reason + "."))
                .toList();
    }

    private static Optional<String> worst(Robustness recogniser) {
        return Stream.of(Robustness.Group.values())
                .flatMap(group -> recogniser.conditions().stream()
                        .filter(c -> c.group() == group && c.attack().isEmpty())
                        .min(Comparator.comparingDouble(c -> c.confusion().macro()))
                        .stream())
                .map(c -> Numbers.percentSign(c.confusion().macro()) + " (" + name(c) + ")")
                .reduce((a, b) -> a + ", " + b)
                .map(worst -> recogniser.title() + ": macro "
                        + Numbers.percentSign(recogniser.reference().confusion().macro())
                        + " on the test set's own images; at worst " + worst + ".");
    }

    private static Table leftOut(List<LeaveOneVictimOut> all) {
        Table table = Table.of(
                "Leave one victim out · macro (95 %), in %",
                "victim left out | recogniser | its images | the same, trained with it | images of other victims");
        all.forEach(one -> table.row(one.victim(), one.recogniser(), one.unseen(), one.seen(), one.others()));
        return table.note(
                "Each recogniser was trained without the images that one victim was attacked with, so on fewer"
                        + " than the one that it is compared with (and for fewer steps where the experiment says so), and is"
                        + " measured on the test images that were. An image counts clean and attacked.");
    }

    private static Table conditions(Robustness recogniser) {
        Table table = Table.of(
                recogniser.title() + " · Robustness, in %",
                "images | " + CLASSES + " | macro (95 %) | called unknown | ECE");
        condition(table, "as in the test set", recogniser.reference());
        recogniser.conditions().forEach(c -> condition(table, name(c), c));
        int images = recogniser.reference().confusion().examples(0);
        return table.note("The same " + Numbers.count(images) + " test images everywhere, but for single attacks with"
                + " settings that training did not have (n). Accuracies are of calibrated answers and leave “unknown” out of"
                + " account. ECE: expected calibration error of the probabilities, in points." + unchanged(recogniser));
    }

    /** How many rows count nowhere, as a sentence with a space before it. */
    private static String unchanged(Robustness recogniser) {
        return recogniser
                .leftOut()
                .map(rows ->
                        " Left out of all sets together, because the attack changed nothing or the victim was wrong before: "
                                + Numbers.count(rows) + " rows.")
                .orElse("");
    }

    private static void condition(Table table, String name, Robustness.Condition c) {
        boolean all = c.attack().isEmpty();
        table.row(
                all ? name : Cell.of(name, "n " + Numbers.count(c.confusion().examples())),
                classes(id -> all
                        ? share(c.confusion().accuracy(id))
                        : c.attack().equals(id) ? c.confusion().accuracy(id) : ""),
                all ? c.confusion() : "",
                share(c.unknown()),
                Numbers.percent(c.expectedCalibrationError()));
    }

    private static Table corruptions(Robustness recogniser) {
        Table table = Table.of(
                recogniser.title() + " · Corrupted, but not attacked, in %",
                "corruption | images | clean or unknown (95 %) | clean | unknown | most often named");
        for (Robustness.CleanCorruption n : recogniser.cleanCorruptions()) {
            table.row(
                    (n.name().contains("\"jpeg\"") ? "JPEG" : "noise") + ", " + ConfigText.of(n.name()),
                    n.n(),
                    n.harmless(),
                    share(new Proportion(n.clean(), n.n())),
                    share(new Proportion(n.unknown(), n.n())),
                    mostNamed(n.named()));
        }
        return table.note("“Named” is what the recogniser says when it has to say one of its six classes.");
    }

    private static Table unseen(Robustness recogniser) {
        Table table = Table.of(
                recogniser.title() + " · Attacks that training never saw",
                "attack | images | fool, % | AUROC (95 %) | called unknown, % (95 %) | named as its family, %"
                        + " | most often named");
        for (Robustness.UnknownAttack one : recogniser.unknown()) {
            String family = ClassNames.label(one.relative()) + " " + share(one.namedRelative());
            table.row(
                    one.attack(),
                    one.n(),
                    share(new Proportion(one.fooled(), one.n())),
                    Cell.of(
                            Numbers.fixed(one.auroc(), 3),
                            Numbers.fixed(one.interval().low(), 3) + "–"
                                    + Numbers.fixed(one.interval().high(), 3)),
                    one.calledUnknown(),
                    one.relative().isEmpty() ? Numbers.NONE : family,
                    mostNamed(one.named()));
        }
        if (!table.rows().isEmpty()) {
            table.styled("total", "mean", "", "", Numbers.fixed(recogniser.meanAuroc(), 3), "", "", "");
        }
        return table.note(
                "Images that the attack changed, against all known test images, clean and attacked. Family: the"
                        + " known attack that solves the same problem; images of the two differ little."
                        + unchanged(recogniser));
    }

    private static Table calibration(Robustness recogniser) {
        Robustness.Calibrated calibrated = recogniser.calibration();
        Table table = Table.of(recogniser.title() + " · Calibration, in %", "mean confidence | right (95 %) | answers");
        for (Reliability.Bin bin : calibrated.after().bins()) {
            table.row(
                    Numbers.percent(bin.confidence()), bin.right(), bin.right().n());
        }
        String method = calibrated.scaled()
                ? "by vector scaling"
                : "at temperature " + Numbers.significant(calibrated.temperature(), 3);
        return table.note("On the test set, " + method + ", fitted on " + Numbers.count(calibrated.validationImages())
                + " validation examples. Expected calibration error in " + Reliability.BINS + " bins: "
                + Numbers.percent(calibrated.before().expectedError()) + " points before, "
                + Numbers.percent(calibrated.after().expectedError()) + " after.");
    }

    private static Table scores(Robustness recogniser) {
        Robustness.Calibrated calibrated = recogniser.calibration();
        List<String> kinds = calibrated.candidates().stream()
                .flatMap(c -> c.kinds().keySet().stream())
                .distinct()
                .toList();
        Table table = Table.of(
                recogniser.title() + " · OOD scores on validation images, AUROC",
                Stream.of(List.of("score"), kinds, List.of("mean"))
                        .flatMap(List::stream)
                        .toList());
        for (Robustness.Candidate candidate : calibrated.candidates()) {
            table.row(
                    candidate.method(),
                    kinds.stream()
                            .map(kind -> Numbers.fixed(candidate.kinds().getOrDefault(kind, Double.NaN), 3))
                            .toList(),
                    Numbers.fixed(candidate.auroc(), 3));
        }
        Cell called = Cell.of(calibrated.knownCalledUnknown());
        return table.note(
                "Used: " + calibrated.method() + ", the one with the highest mean over synthetic outliers, which are"
                        + " made of validation images of known attacks. False-positive rate: " + called.text()
                        + " % of the known test images are called unknown (95 %: " + called.small() + ").");
    }

    /** A share in per cent without its interval. */
    private static String share(Proportion share) {
        return Cell.of(share).text();
    }

    private static String name(Robustness.Condition condition) {
        return switch (condition.group()) {
            case VICTIM -> "victim " + condition.name();
            case SETTINGS ->
                condition.attack().isEmpty()
                        ? "settings never seen"
                        : ClassNames.label(condition.attack()) + ", " + ConfigText.of(condition.name());
            case CORRUPTION -> condition.name();
        };
    }

    /** The two classes that were named most, with how often: {@code PGD 61%, clean 20%}. */
    private static String mostNamed(Map<String, Integer> named) {
        int n = named.values().stream().mapToInt(Integer::intValue).sum();
        return named.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(2)
                .map(e -> ClassNames.label(e.getKey()) + " " + Numbers.fixed(100.0 * e.getValue() / n, 0) + "%")
                .collect(Collectors.joining(", "));
    }
}
