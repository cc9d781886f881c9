package io.redrl.report;

import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.LeaveOneVictimOut;
import io.redrl.evaluation.Robustness;
import io.redrl.evaluation.RobustnessEvaluation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What the numbers outside the training data come to, in sentences. */
final class RobustnessFindings {
    private RobustnessFindings() {}

    /** A few sentences for each recogniser, and for victims that were kept from training. */
    static List<String> of(RobustnessEvaluation robustness) {
        List<String> sentences = new ArrayList<>();
        Map<String, List<LeaveOneVictimOut>> byWhole = robustness.leftOut().stream()
                .collect(Collectors.groupingBy(LeaveOneVictimOut::whole, TreeMap::new, Collectors.toList()));
        byWhole.forEach((whole, own) -> sentences.add(String.format(
                Locale.ROOT,
                "%s on a victim that it never met: macro %s; trained with all victims, %s on the same images.",
                whole,
                range(own.stream().mapToDouble(l -> l.unseen().macro()).toArray()),
                range(own.stream().mapToDouble(l -> l.seen().macro()).toArray()))));
        for (Robustness recogniser : robustness.recognisers()) {
            sentences.addAll(of(recogniser));
        }
        return sentences;
    }

    /** What could not be measured. */
    static List<String> skipped(RobustnessEvaluation robustness) {
        return robustness.skipped().stream()
                .map(reason -> "Left out: " + reason + ".")
                .toList();
    }

    private static List<String> of(Robustness recogniser) {
        List<String> sentences = new ArrayList<>();
        String name = recogniser.title();
        for (Robustness.Group group : Robustness.Group.values()) {
            recogniser.conditions().stream()
                    .filter(c -> c.group() == group && c.attack().isEmpty())
                    .min(Comparator.comparingDouble(c -> c.confusion().macro()))
                    .ifPresent(worst -> sentences.add(name + ", " + word(group) + ": macro at worst "
                            + Numbers.percentSign(worst.confusion().macro()) + " (" + name(worst) + "), against "
                            + Numbers.percentSign(
                                    recogniser.reference().confusion().macro())
                            + " on the test set's own examples of these images."));
        }
        if (!recogniser.unknown().isEmpty()) {
            sentences.add(name + ", attacks that training never saw: mean AUROC "
                    + Numbers.fixed(recogniser.meanAuroc(), 3) + ", from "
                    + recogniser.unknown().stream()
                            .sorted(Comparator.comparingDouble(Robustness.Stranger::auroc))
                            .map(s -> s.attack() + " " + Numbers.fixed(s.auroc(), 3))
                            .collect(Collectors.joining(", "))
                    + "; "
                    + Numbers.percentSign(
                            recogniser.calibration().knownCalledUnknown().value())
                    + " of known images are called unknown.");
        }
        sentences.add(name + ": expected calibration error "
                + Numbers.percent(recogniser.calibration().before().expectedError()) + " points before calibration, "
                + Numbers.percent(recogniser.calibration().after().expectedError()) + " after.");
        return sentences;
    }

    private static String range(double... values) {
        double low = java.util.Arrays.stream(values).min().orElse(Double.NaN);
        double high = java.util.Arrays.stream(values).max().orElse(Double.NaN);
        return low == high ? Numbers.percentSign(low) : Numbers.percent(low) + " to " + Numbers.percentSign(high);
    }

    private static String word(Robustness.Group group) {
        return switch (group) {
            case VICTIM -> "victims never seen";
            case SETTINGS -> "settings never seen";
            case TRANSFORM -> "images changed after the attack";
        };
    }

    /** A condition over all classes as rows call it. */
    static String name(Robustness.Condition condition) {
        return switch (condition.group()) {
            case VICTIM -> "victim " + condition.name();
            case SETTINGS -> "settings never seen";
            case TRANSFORM -> condition.name();
        };
    }

    /** A nuisance as rows call it. */
    static String nuisance(Robustness.Nuisance nuisance) {
        String kind = nuisance.name().contains("\"jpeg\"") ? "JPEG" : "noise";
        return kind + ", " + ConfigText.of(nuisance.name());
    }

    /** The two classes that were named most, with how often: {@code PGD 61%, clean 20%}. */
    static String mostNamed(Map<String, Integer> named) {
        int n = named.values().stream().mapToInt(Integer::intValue).sum();
        return named.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .limit(2)
                .map(e -> ClassNames.label(e.getKey()) + " " + Numbers.fixed(100.0 * e.getValue() / n, 0) + "%")
                .collect(Collectors.joining(", "));
    }
}
