package io.redrl.report;

import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.ConfusionMatrix;
import io.redrl.evaluation.LeaveOneVictimOut;
import io.redrl.evaluation.Robustness;
import io.redrl.evaluation.RobustnessEvaluation;
import io.redrl.stats.Proportion;
import io.redrl.stats.Reliability;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What recognisers do outside their training data, and how far their probabilities can be believed. */
final class RobustnessTables {
    private RobustnessTables() {}

    /** Every table: victims kept from training first, then recogniser by recogniser. */
    static List<TextTable> all(RobustnessEvaluation robustness) {
        List<TextTable> tables = new ArrayList<>();
        if (!robustness.leftOut().isEmpty()) {
            tables.add(leftOut(robustness.leftOut()));
        }
        for (Robustness recogniser : robustness.recognisers()) {
            tables.add(conditions(recogniser));
            if (recogniser.conditions().stream().anyMatch(c -> !c.attack().isEmpty())) {
                tables.add(settings(recogniser));
            }
            if (!recogniser.cleanCorruptions().isEmpty()) {
                tables.add(cleanCorruptions(recogniser));
            }
            if (!recogniser.unknown().isEmpty()) {
                tables.add(strangers(recogniser));
            }
            tables.add(calibration(recogniser));
            tables.add(candidates(recogniser));
        }
        return tables;
    }

    private static TextTable leftOut(List<LeaveOneVictimOut> all) {
        return new TextTable(
                "Victims kept from training · macro, in %",
                List.of(
                        "victim never met",
                        "recogniser",
                        "its images (95 %)",
                        "the same, had all victims been met",
                        "images of other victims"),
                all.stream()
                        .map(one -> List.of(
                                one.victim(),
                                one.recogniser(),
                                Numbers.macroAndRange(one.unseen()),
                                Numbers.macroAndRange(one.seen()),
                                Numbers.macroAndRange(one.others())))
                        .toList(),
                "Each recogniser was trained without the images that one victim was attacked with, so on fewer images than the one"
                        + " that it is compared with (and for fewer steps where the experiment says so), and is measured on the"
                        + " test images that were. An image counts clean and attacked.");
    }

    private static TextTable conditions(Robustness recogniser) {
        List<String> head = new ArrayList<>(List.of("images"));
        ClassNames.ids().forEach(id -> head.add(ClassNames.label(id)));
        head.addAll(List.of("macro (95 %)", "called unknown", "ECE"));
        List<List<String>> rows = new ArrayList<>();
        rows.add(condition("as they are in the test set", recogniser.reference()));
        recogniser.conditions().stream()
                .filter(c -> c.attack().isEmpty())
                .forEach(c -> rows.add(condition(RobustnessFindings.name(c), c)));
        return new TextTable(
                recogniser.title() + " · Under other circumstances, in %",
                head,
                rows,
                "The same " + Numbers.count(images(recogniser))
                        + " test images everywhere. Accuracies are of calibrated answers and leave “unknown” out of account. ECE: how far the"
                        + " calibrated probabilities are from the truth, in points.");
    }

    private static long images(Robustness recogniser) {
        ConfusionMatrix confusion = recogniser.reference().confusion();
        return confusion.accuracy(ClassNames.ids().get(0)).n();
    }

    private static List<String> condition(String name, Robustness.Condition condition) {
        List<String> row = new ArrayList<>(List.of(name));
        ClassNames.ids()
                .forEach(id -> row.add(Numbers.share(condition.confusion().accuracy(id))));
        row.add(Numbers.macroAndRange(condition.confusion()));
        row.add(Numbers.share(condition.unknown()));
        row.add(Numbers.percent(condition.expectedCalibrationError()));
        return row;
    }

    private static TextTable settings(Robustness recogniser) {
        return new TextTable(
                recogniser.title() + " · Settings that training did not have, in %",
                List.of(
                        "attack",
                        "settings",
                        "images",
                        "named right (95 %)",
                        "with the test set's settings",
                        "called unknown"),
                recogniser.conditions().stream()
                        .filter(c -> !c.attack().isEmpty())
                        .map(c -> List.of(
                                ClassNames.label(c.attack()),
                                ConfigText.of(c.name()),
                                Numbers.count(c.confusion().examples()),
                                Numbers.shareAndRange(c.confusion().accuracy(c.attack())),
                                Numbers.share(recogniser.reference().confusion().accuracy(c.attack())),
                                Numbers.share(c.unknown())))
                        .toList(),
                "");
    }

    private static TextTable cleanCorruptions(Robustness recogniser) {
        return new TextTable(
                recogniser.title() + " · Changed, but not attacked, in %",
                List.of("change", "images", "clean or unknown (95 %)", "clean", "unknown", "most often named"),
                recogniser.cleanCorruptions().stream()
                        .map(n -> List.of(
                                RobustnessFindings.nuisance(n),
                                Numbers.count(n.n()),
                                Numbers.shareAndRange(n.harmless()),
                                Numbers.share(new Proportion(n.clean(), n.n())),
                                Numbers.share(new Proportion(n.unknown(), n.n())),
                                RobustnessFindings.mostNamed(n.named())))
                        .toList(),
                "“Named” is what the recogniser says when it has to say one of its six classes.");
    }

    private static TextTable strangers(Robustness recogniser) {
        List<List<String>> rows = new ArrayList<>();
        for (Robustness.Stranger one : recogniser.unknown()) {
            rows.add(List.of(
                    one.attack(),
                    Numbers.count(one.n()),
                    Numbers.share(new Proportion(one.fooled(), one.n())),
                    Numbers.fixed(one.auroc(), 3) + " ("
                            + Numbers.fixed(one.interval().low(), 3) + "–"
                            + Numbers.fixed(one.interval().high(), 3) + ")",
                    Numbers.shareAndRange(one.calledUnknown()),
                    one.relative().isEmpty()
                            ? Numbers.NONE
                            : ClassNames.label(one.relative()) + " " + Numbers.share(one.namedRelative()),
                    RobustnessFindings.mostNamed(one.named())));
        }
        rows.add(List.of("mean", "", "", Numbers.fixed(recogniser.meanAuroc(), 3), "", "", ""));
        return new TextTable(
                recogniser.title() + " · Attacks that training never saw",
                List.of(
                        "attack",
                        "images",
                        "fool, %",
                        "AUROC (95 %)",
                        "called unknown, % (95 %)",
                        "given to its relative, %",
                        "most often named"),
                rows,
                "Images that the attack changed, against all known test images, clean and attacked. A relative is the known class"
                        + " whose algorithm the attack varies: images of the two differ little.");
    }

    private static TextTable calibration(Robustness recogniser) {
        Robustness.Calibrated calibrated = recogniser.calibration();
        List<List<String>> rows = new ArrayList<>();
        for (Reliability.Bin bin : calibrated.after().bins()) {
            rows.add(List.of(
                    Numbers.percent(bin.confidence()),
                    Numbers.shareAndRange(bin.right()),
                    Numbers.count(bin.right().n())));
        }
        return new TextTable(
                recogniser.title() + " · How sure, and how often right, in %",
                List.of("said, on average", "right (95 %)", "answers"),
                rows,
                "On the test set, "
                        + (calibrated.scaled()
                                ? "by vector scaling (a factor and an offset for each class)"
                                : "at temperature " + Numbers.significant(calibrated.temperature(), 3))
                        + ", fitted on "
                        + Numbers.count(calibrated.validationImages())
                        + " validation examples. Expected calibration error in "
                        + Reliability.BINS + " bins of equal width: "
                        + Numbers.percent(calibrated.before().expectedError()) + " points before, "
                        + Numbers.percent(calibrated.after().expectedError()) + " after.");
    }

    private static TextTable candidates(Robustness recogniser) {
        Robustness.Calibrated calibrated = recogniser.calibration();
        List<String> kinds = calibrated.candidates().isEmpty()
                ? List.of()
                : List.copyOf(calibrated.candidates().get(0).kinds().keySet());
        List<String> head = new ArrayList<>(List.of("score"));
        head.addAll(kinds);
        head.add("mean");
        return new TextTable(
                recogniser.title() + " · Scores of strangeness on validation images, AUROC",
                head,
                calibrated.candidates().stream().map(c -> candidate(c, kinds)).toList(),
                "Used: " + calibrated.method()
                        + ", the one with the highest mean. The images it was chosen on are put together"
                        + " from validation images that known attacks made; nothing here looked at the attacks that stand for the"
                        + " unknown. Known test images called unknown: "
                        + Numbers.withRange(calibrated.knownCalledUnknown())
                        + ".");
    }

    private static List<String> candidate(Robustness.Candidate candidate, List<String> kinds) {
        Map<String, Double> own = candidate.kinds();
        List<String> row = kinds.stream()
                .map(kind -> Numbers.fixed(own.getOrDefault(kind, Double.NaN), 3))
                .collect(Collectors.toCollection(ArrayList::new));
        row.add(0, candidate.method());
        row.add(Numbers.fixed(candidate.auroc(), 3));
        return row;
    }
}
