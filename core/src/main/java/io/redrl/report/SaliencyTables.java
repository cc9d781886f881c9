package io.redrl.report;

import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.PaperNumbers;
import io.redrl.evaluation.PaperNumbers.Depth;
import io.redrl.evaluation.SaliencyEvaluation;
import io.redrl.report.Table.Cell;
import io.redrl.saliency.FilterLayout;
import io.redrl.saliency.ProfileComparison;
import io.redrl.saliency.ProfileNumbers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Which filters of one victim the attacks activate, in numbers, and whether they lie where the paper saw them. */
final class SaliencyTables {
    private static final int MOST_SALIENT = 3;

    /** A third with more than this is where most of the mass lies. */
    private static final double MOST = 0.5;

    private final SaliencyEvaluation.Victim victim;

    SaliencyTables(SaliencyEvaluation.Victim victim) {
        this.victim = victim;
    }

    /** What the table of depths comes to. */
    List<String> findings() {
        List<ProfileNumbers> claimed = victim.numbers().stream()
                .filter(n -> PaperNumbers.PAPER.saliency().containsKey(n.attack()))
                .toList();
        List<String> findings = new ArrayList<>();
        if (!claimed.isEmpty()) {
            findings.add("Saliency lies at the depth that the paper reports for "
                    + claimed.stream().filter(n -> agrees(n)).count() + " of "
                    + Numbers.of(claimed.size(), "attack") + ".");
        }
        victim.numbers("clean")
                .filter(clean -> !claimed.isEmpty() && claimed.stream().allMatch(n -> deepest(n) == deepest(clean)))
                .ifPresent(
                        clean -> findings.add("Clean images have their largest share in the same third as every attack,"
                                + " so the third alone says nothing about the attack."));
        return findings;
    }

    /** How the saliency is spread over the depth of the victim. */
    Table depths() {
        Table table = Table.of(
                "Where the saliency of " + victim.name() + " lies, in %",
                " | images | first third | middle third | last third | the paper | most salient layers");
        for (String attack : ClassNames.inOrder(victim.numbers().stream().map(ProfileNumbers::attack))) {
            ProfileNumbers n = victim.numbers(attack).orElseThrow();
            table.row(
                    ClassNames.label(attack),
                    n.images(),
                    Cell.strong(Numbers.percent(n.first()), deepest(n) == Depth.EARLY),
                    Cell.strong(Numbers.percent(n.middle()), deepest(n) == Depth.MIDDLE),
                    Cell.strong(Numbers.percent(n.last()), deepest(n) == Depth.LATE),
                    paper(n),
                    mostSalient(n));
        }
        FilterLayout layout = victim.layout();
        int layers = layout.layers().size();
        if (!table.rows().isEmpty()) {
            // As ProfileNumbers divides them.
            Stream<String> shares = IntStream.range(0, 3)
                    .mapToDouble(third ->
                            layout.offset((layers * (third + 1) + 2) / 3) - layout.offset((layers * third + 2) / 3))
                    .mapToObj(filters -> Numbers.percent(filters / layout.filters()));
            table.styled("total", "all filters", "", shares.toList(), "", "");
        }
        return table.note(
                "A filter's saliency in an image: how far the size of the loss's gradient at its weights is from"
                        + " its mean over ordinary images, in standard deviations. Shares of it in thirds of the "
                        + Numbers.of(layers, "convolution")
                        + " by depth. Wide layers weigh more: the last row says what share of"
                        + " the filters each third has. Attacks were made from "
                        + Numbers.of(victim.sourceImages(), "image") + ".");
    }

    /** {@code late ✓}: the paper's depth and whether it is found here. */
    private static String paper(ProfileNumbers numbers) {
        return Optional.ofNullable(PaperNumbers.PAPER.saliency().get(numbers.attack()))
                .map(depth -> depth.name().toLowerCase(Locale.ROOT) + (agrees(numbers) ? " ✓" : " ✗"))
                .orElse("");
    }

    private String mostSalient(ProfileNumbers numbers) {
        List<Double> means = numbers.layerMeans();
        return IntStream.range(0, means.size())
                .boxed()
                .sorted(Comparator.comparing(means::get, Comparator.reverseOrder()))
                .limit(MOST_SALIENT)
                .map(i -> victim.layout().layers().get(i).name() + " (" + Numbers.significant(means.get(i), 3) + ")")
                .collect(Collectors.joining(", "));
    }

    /** The third with the largest share; of equal ones the earlier. */
    private static Depth deepest(ProfileNumbers numbers) {
        if (numbers.first() >= numbers.middle() && numbers.first() >= numbers.last()) {
            return Depth.EARLY;
        }
        return numbers.middle() >= numbers.last() ? Depth.MIDDLE : Depth.LATE;
    }

    /** Whether an attack lies where the paper saw it; none does of which no filter is salient. */
    private static boolean agrees(ProfileNumbers numbers) {
        double largest = Math.max(numbers.first(), Math.max(numbers.middle(), numbers.last()));
        Depth paper = PaperNumbers.PAPER.saliency().get(numbers.attack());
        return largest > 0 && (paper == Depth.ALL ? largest <= MOST : paper == deepest(numbers));
    }

    /** How far apart profiles are, two by two. */
    Table distances() {
        List<ProfileComparison> all = victim.comparisons();
        List<String> names = ClassNames.inOrder(all.stream().flatMap(c -> Stream.of(c.first(), c.second())));
        Table table = Table.of(
                "How far apart the profiles of " + victim.name() + " are",
                Stream.concat(Stream.of(""), names.stream().skip(1).map(ClassNames::label))
                        .toList());
        for (int i = 0; i + 1 < names.size(); i++) {
            String first = names.get(i);
            int row = i;
            table.row(
                    ClassNames.label(first),
                    IntStream.range(1, names.size())
                            .mapToObj(j -> j <= row ? "" : distance(first, names.get(j)))
                            .toList());
        }
        String permutations = all.stream()
                .map(c -> Numbers.count(c.permutations()))
                .distinct()
                .collect(Collectors.joining(" or "));
        return table.note("0 where each layer is as salient in the one kind of image as in the other, at most 2. p: the"
                + " probability of a distance as large if the two did not differ, from " + permutations
                + " permutations, not corrected for the number of pairs; n: the images that both have.");
    }

    private Optional<Cell> distance(String first, String second) {
        return victim.comparisons().stream()
                .filter(c -> List.of(c.first(), c.second()).containsAll(List.of(first, second)))
                .findFirst()
                .map(c -> Cell.of(
                        Numbers.significant(c.distance(), 3),
                        "p " + (c.pValue() < 0.001 ? "<0.001" : Numbers.fixed(c.pValue(), 3)) + ", n "
                                + Numbers.count(c.images())));
    }
}
