package io.redrl.report;

import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.SaliencyEvaluation;
import io.redrl.saliency.FilterLayout;
import io.redrl.saliency.ProfileNumbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whether the attacks lie at the depth where the paper saw them, in sentences made from the numbers. */
final class SaliencyFindings {
    /** Where an attack's saliency lies. */
    enum Depth {
        /** The first third of the convolutions has the largest share. */
        EARLY("early layers"),
        /** The middle third has. */
        MIDDLE("middle layers"),
        /** The last third has. */
        LATE("late layers"),
        /** No third has more than half. */
        ALL_OVER("all layers");

        private final String words;

        Depth(String words) {
            this.words = words;
        }
    }

    /** The paper's claim (its section on saliency in parameter space). */
    private static final Map<String, Depth> PAPER = Map.of(
            "pgd", Depth.LATE,
            "deepfool", Depth.EARLY,
            "cw-l2", Depth.LATE,
            "cw-linf", Depth.ALL_OVER,
            "patch", Depth.LATE);

    /** A third with more than this is where most of the mass lies. */
    private static final double MOST = 0.5;

    private SaliencyFindings() {}

    /** The paper's claim against one victim: the outcome, then attack by attack, then clean images. */
    static List<String> of(SaliencyEvaluation.Victim victim) {
        List<String> claimed =
                ClassNames.ids().stream().filter(PAPER::containsKey).toList();
        List<ProfileNumbers> measured = claimed.stream()
                .flatMap(attack -> victim.numbers(attack).stream())
                .toList();
        if (measured.isEmpty()) {
            return List.of(victim.name() + ": none of the attacks of which the paper speaks was measured.");
        }
        List<String> sentences = new ArrayList<>();
        long agree = measured.stream().filter(SaliencyFindings::agrees).count();
        String missing = claimed.stream()
                .filter(attack -> victim.numbers(attack).isEmpty())
                .map(ClassNames::label)
                .collect(Collectors.joining(", "));
        sentences.add("The paper sees PGD, CW-L2 and patch mostly in late layers, DeepFool in early ones and CW-L∞ all"
                + " over. In " + victim.name() + " that holds for " + agree + " of " + measured.size()
                + (measured.size() == 1 ? " attack" : " attacks")
                + (missing.isEmpty() ? "." : "; not measured: " + missing + "."));
        measured.forEach(numbers -> sentences.add(attack(numbers)));
        victim.numbers("clean").ifPresent(clean -> sentences.add(clean(clean, measured)));
        sentences.add(widths(victim.layout()));
        return sentences;
    }

    /** What the shares are to be held against. */
    private static String widths(FilterLayout layout) {
        String shares = filterShares(layout).stream().map(Numbers::percentSign).collect(Collectors.joining(", "));
        return "Shares follow the widths of layers too: were all filters equally salient, the first, middle and last"
                + " third would have " + shares + ".";
    }

    /** The share of the filters in each third of the convolutions by depth, as {@link ProfileNumbers} divides them. */
    static List<Double> filterShares(FilterLayout layout) {
        int layers = layout.layers().size();
        double[] filters = new double[3];
        for (int i = 0; i < layers; i++) {
            filters[3 * i / layers] += layout.layers().get(i).filters();
        }
        return Arrays.stream(filters).mapToObj(f -> f / layout.filters()).toList();
    }

    private static String attack(ProfileNumbers numbers) {
        if (nothing(numbers)) {
            return ClassNames.label(numbers.attack())
                    + ": no filter is salient at all, so there is nothing to compare.";
        }
        Depth paper = paper(numbers);
        return ClassNames.label(numbers.attack()) + ": " + largest(numbers) + " Paper: " + paper.words + "; this "
                + (agrees(numbers) ? "agrees" : "disagrees")
                + (paper == Depth.ALL_OVER
                        ? agrees(numbers) ? ", as no third has more than half." : ", as one third has more than half."
                        : ".");
    }

    private static String clean(ProfileNumbers clean, List<ProfileNumbers> measured) {
        boolean same = measured.stream().allMatch(m -> deepest(m) == deepest(clean));
        return "Clean images: " + largest(clean)
                + (same
                        ? " All attacks have theirs there too, so the third alone says nothing about the attack."
                        : " An attack with its largest share elsewhere differs in this from clean images.");
    }

    /** Such as "the last third has the largest share, 61.0% (first 12.0%, middle 27.0%)." */
    private static String largest(ProfileNumbers numbers) {
        Depth depth = deepest(numbers);
        String first = "first " + Numbers.percentSign(numbers.first());
        String middle = "middle " + Numbers.percentSign(numbers.middle());
        String last = "last " + Numbers.percentSign(numbers.last());
        return switch (depth) {
            case EARLY -> "the first third has the largest share, " + share(numbers.first(), middle, last);
            case MIDDLE -> "the middle third has the largest share, " + share(numbers.middle(), first, last);
            default -> "the last third has the largest share, " + share(numbers.last(), first, middle);
        };
    }

    private static String share(double share, String other, String another) {
        return Numbers.percentSign(share) + " (" + other + ", " + another + ").";
    }

    private static boolean nothing(ProfileNumbers numbers) {
        return numbers.first() + numbers.middle() + numbers.last() == 0;
    }

    /** The third with the largest share; of equal ones the earlier. */
    static Depth deepest(ProfileNumbers numbers) {
        if (numbers.first() >= numbers.middle() && numbers.first() >= numbers.last()) {
            return Depth.EARLY;
        }
        return numbers.middle() >= numbers.last() ? Depth.MIDDLE : Depth.LATE;
    }

    /** Whether an attack lies where the paper saw it. */
    static boolean agrees(ProfileNumbers numbers) {
        if (nothing(numbers)) {
            return false;
        }
        Depth paper = paper(numbers);
        return paper == Depth.ALL_OVER
                ? Stream.of(numbers.first(), numbers.middle(), numbers.last()).allMatch(s -> s <= MOST)
                : paper == deepest(numbers);
    }

    private static Depth paper(ProfileNumbers numbers) {
        return PAPER.getOrDefault(numbers.attack(), Depth.ALL_OVER);
    }
}
