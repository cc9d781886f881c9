package io.redrl.report;

import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.SaliencyEvaluation;
import io.redrl.saliency.FilterLayout;
import io.redrl.saliency.ProfileComparison;
import io.redrl.saliency.ProfileNumbers;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Which filters and which pixels each attack speaks to. */
final class SaliencySection {
    private static final int MOST_SALIENT = 3;

    private SaliencySection() {}

    /** Victim by victim: findings, figures, numbers, maps. */
    static void write(Html html, SaliencyEvaluation saliency) {
        html.element(
                "p",
                "A filter's saliency in an image: how far the size of the loss's gradient at its weights is from its mean"
                        + " over ordinary images, in standard deviations. In each image the filters of each layer are"
                        + " sorted from most to least salient; then images are averaged rank by rank.");
        for (SaliencyEvaluation.Victim victim : saliency.victims()) {
            html.element("h3", "Filters of " + victim.name()).open("ul", "class", "findings");
            SaliencyFindings.of(victim).forEach(sentence -> html.element("li", sentence));
            html.close();
            figures(html, victim);
            numbers(html, victim);
            distances(html, victim);
            maps(html, victim.name(), saliency.maps(victim.name()));
        }
    }

    private static void figures(Html html, SaliencyEvaluation.Victim victim) {
        ProfileFigure comparable = new ProfileFigure(victim.profiles(), true);
        html.open("div", "class", "profiles", "data-profiles", comparable.data());
        html.open("figure").markup(comparable.svg()).close();
        html.open("details").element("summary", "The same with an axis for each panel, as in the paper");
        html.open("figure")
                .markup(new ProfileFigure(victim.profiles(), false).svg())
                .close();
        html.close().close();
    }

    private static void numbers(Html html, SaliencyEvaluation.Victim victim) {
        if (victim.numbers().isEmpty()) {
            return;
        }
        html.element("h3", "Where the saliency of " + victim.name() + " lies")
                .open("div", "class", "scroll")
                .open("table", "class", "depths");
        Tables.head(html, "", "images", "first third, %", "middle third, %", "last third, %", "most salient layers");
        html.open("tbody");
        for (String attack : ClassNames.inOrder(victim.numbers().stream().map(ProfileNumbers::attack))) {
            ProfileNumbers numbers = victim.numbers(attack).orElseThrow();
            SaliencyFindings.Depth deepest = SaliencyFindings.deepest(numbers);
            html.open("tr").element("th", ClassNames.label(attack), "scope", "row");
            Tables.cell(html, Numbers.count(numbers.images()));
            third(html, numbers.first(), deepest == SaliencyFindings.Depth.EARLY);
            third(html, numbers.middle(), deepest == SaliencyFindings.Depth.MIDDLE);
            third(html, numbers.last(), deepest == SaliencyFindings.Depth.LATE);
            html.element("td", mostSalient(victim, numbers), "class", "words");
            html.close();
        }
        filters(html, victim.layout());
        html.close().close().close();
        html.element(
                "p",
                "Shares of the mass in thirds of the "
                        + Numbers.count(victim.layout().layers().size())
                        + " convolutions by depth; bold: the largest. Wide layers weigh more: the last row says what share"
                        + " of the filters each third has. Layers by the mean over their filters, the most salient"
                        + " first. Attacks were made from " + Numbers.count(victim.sourceImages())
                        + (victim.sourceImages() == 1 ? " image." : " images."),
                "class",
                "note");
    }

    private static void filters(Html html, FilterLayout layout) {
        html.open("tr", "class", "total").element("th", "all filters", "scope", "row");
        Tables.cell(html, "");
        SaliencyFindings.filterShares(layout).forEach(share -> Tables.cell(html, Numbers.percent(share)));
        Tables.cell(html, "");
        html.close();
    }

    private static void third(Html html, double share, boolean largest) {
        html.open("td");
        if (largest) {
            html.element("b", Numbers.percent(share));
        } else {
            html.text(Numbers.percent(share));
        }
        html.close();
    }

    private static String mostSalient(SaliencyEvaluation.Victim victim, ProfileNumbers numbers) {
        List<Double> means = numbers.layerMeans();
        return IntStream.range(0, means.size())
                .boxed()
                .sorted(Comparator.comparing(means::get, Comparator.reverseOrder()))
                .limit(MOST_SALIENT)
                .map(i -> victim.layout().layers().get(i).name() + " (" + Numbers.significant(means.get(i), 3) + ")")
                .collect(Collectors.joining(", "));
    }

    private static void distances(Html html, SaliencyEvaluation.Victim victim) {
        List<ProfileComparison> comparisons = victim.comparisons();
        if (comparisons.isEmpty()) {
            return;
        }
        List<String> names = ClassNames.inOrder(comparisons.stream().flatMap(c -> Stream.of(c.first(), c.second())));
        html.element("h3", "How far apart the profiles of " + victim.name() + " are")
                .open("div", "class", "scroll")
                .open("table", "class", "distances");
        List<String> heads = names.subList(1, names.size());
        Tables.head(
                html,
                Stream.concat(Stream.of(""), heads.stream().map(ClassNames::label))
                        .toArray(String[]::new));
        html.open("tbody");
        for (int i = 0; i + 1 < names.size(); i++) {
            html.open("tr").element("th", ClassNames.label(names.get(i)), "scope", "row");
            for (int j = 1; j < names.size(); j++) {
                if (j > i) {
                    distance(html, find(comparisons, names.get(i), names.get(j)));
                } else {
                    Tables.cell(html, "");
                }
            }
            html.close();
        }
        html.close().close().close();
        String permutations = comparisons.stream()
                .map(ProfileComparison::permutations)
                .distinct()
                .map(Numbers::count)
                .collect(Collectors.joining(" or "));
        html.element(
                "p",
                "Distances between two kinds of images: 0 where each layer is as salient in the one as in the other,"
                        + " at most 2."
                        + " Small numbers: p, the probability of a distance as large if the two kinds did not differ,"
                        + " from " + permutations
                        + " permutations and not corrected for the number of pairs, and n, the images that both have.",
                "class",
                "note");
    }

    private static Optional<ProfileComparison> find(List<ProfileComparison> all, String first, String second) {
        return all.stream()
                .filter(c -> List.of(c.first(), c.second()).containsAll(List.of(first, second)))
                .findFirst();
    }

    private static void distance(Html html, Optional<ProfileComparison> comparison) {
        html.open("td");
        comparison.ifPresentOrElse(
                c -> html.text(Numbers.significant(c.distance(), 3))
                        .element("small", "p " + Numbers.pValue(c.pValue()) + ", n " + Numbers.count(c.images())),
                () -> html.text(Numbers.NONE));
        html.close();
    }

    private static void maps(Html html, String victim, List<SaliencyEvaluation.MapPicture> maps) {
        if (maps.isEmpty()) {
            return;
        }
        MapGrid grid = new MapGrid(maps);
        html.element("h3", "Pixels that " + victim + " looks at").open("div", "class", "scroll");
        html.open("table", "class", "maps");
        Tables.head(
                html,
                Stream.concat(Stream.of(""), grid.attacks().stream().map(ClassNames::label))
                        .toArray(String[]::new));
        html.open("tbody");
        for (int image : grid.images()) {
            html.open("tr").open("th", "scope", "row").text(grid.label(image));
            html.element("small", "image " + image).close();
            for (String attack : grid.attacks()) {
                html.open("td");
                grid.at(image, attack)
                        .ifPresentOrElse(
                                map -> html.open("div", "class", "both")
                                        .empty("img", "src", Png.dataUri(map.shown()), "alt", alt(map, "image"))
                                        .empty("img", "src", Png.dataUri(map.overlay()), "alt", alt(map, "saliency"))
                                        .close(),
                                () -> html.text(Numbers.NONE));
                html.close();
            }
            html.close();
        }
        html.close().close().close();
        html.element("p", MapGrid.LEGEND, "class", "note");
    }

    private static String alt(SaliencyEvaluation.MapPicture map, String what) {
        return what + " " + map.image() + ", " + ClassNames.label(map.attack());
    }
}
