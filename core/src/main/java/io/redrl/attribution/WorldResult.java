package io.redrl.attribution;

import io.redrl.model.VictimFamily;
import io.redrl.stats.OrderStatistics;
import io.redrl.stats.Proportion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a model is worth in one world.
 *
 * @param world its name, and what was done to its images afterwards
 * @param cleanCalledAttacked false alarms among clean images
 * @param cleanCalledClean clean images that are called so
 * @param detected attacked images called attacked or unknown
 * @param detectedAtTwoPercent attacked images whose score is above that of 98 % of the world's clean ones
 * @param family attacked images whose family is right, of those called clean too
 * @param algorithm the same of algorithms
 * @param familyOfVisible the same of families among images that still fool, by L∞ of 2 grey levels and more
 * @param paperClass images, clean ones too, whose nearest class of the paper is right
 * @param familyCoverage images whose set of families holds the true one
 * @param algorithmCoverage the same of algorithms
 * @param strengthCoverage images called attacked, and attacked, whose interval of L∞ holds the true one
 * @param steps a trial: attacked images whose number of steps (one, two to ten, more) is the likeliest one
 * @param victim a trial: attacked images for which the {@link ModelParsing} says the attacked victim's family
 * @param familySetSize mean number of families in a set
 * @param algorithmSetSize mean number of algorithms in a set
 */
public record WorldResult(
        String world,
        Proportion cleanCalledAttacked,
        Proportion cleanCalledClean,
        Proportion detected,
        Proportion detectedAtTwoPercent,
        Proportion family,
        Proportion algorithm,
        Proportion familyOfVisible,
        Proportion paperClass,
        Proportion familyCoverage,
        Proportion algorithmCoverage,
        Proportion strengthCoverage,
        Proportion steps,
        Proportion victim,
        double familySetSize,
        double algorithmSetSize) {
    private static final double FALSE_ALARMS = 0.02;

    /** An image with what is true of it and what was said. */
    record Judged(Evidence.Known known, Attribution said) {
        Algorithm truth() {
            return known.label().algorithm();
        }

        boolean clean() {
            return truth() == Algorithm.CLEAN;
        }

        boolean says(Attribution.Verdict verdict) {
            return said.verdict() == verdict;
        }

        boolean familyIsRight() {
            return said.family() == truth().family();
        }

        boolean strengthIsHeld() {
            double truth = known.label().linf();
            return said.linf().low() <= truth && truth <= said.linf().high();
        }

        boolean stepsAreRight() {
            List<Double> steps = said.steps();
            return steps.indexOf(Collections.max(steps))
                    == known.label().steps().index();
        }

        Optional<VictimFamily> victim() {
            return VictimFamily.in(known.label().victim());
        }

        /** The paper's class: of a clean verdict clean, else the likeliest attack's. */
        boolean paperClassIsRight() {
            return said.verdict() == Attribution.Verdict.CLEAN
                    ? clean()
                    : !clean() && said.algorithm().paper() == truth().paper();
        }
    }

    static WorldResult of(String world, List<Judged> all) {
        return of(world, all, Optional.empty());
    }

    static WorldResult of(String world, List<Judged> all, Optional<ModelParsing> parsing) {
        List<Judged> clean = all.stream().filter(Judged::clean).toList();
        List<Judged> attacked = all.stream().filter(one -> !one.clean()).toList();
        List<Judged> visible = attacked.stream()
                .filter(one -> one.known().fools() && one.known().label().linf() >= 2)
                .toList();
        double[] ofClean =
                clean.stream().mapToDouble(one -> one.said().attacked()).toArray();
        double threshold = ofClean.length == 0 ? 1 : OrderStatistics.quantile(ofClean, 1 - FALSE_ALARMS);
        return new WorldResult(
                world,
                share(clean, one -> one.says(Attribution.Verdict.ATTACKED)),
                share(clean, one -> one.says(Attribution.Verdict.CLEAN)),
                share(attacked, one -> !one.says(Attribution.Verdict.CLEAN)),
                share(attacked, one -> one.said().attacked() > threshold),
                share(attacked, Judged::familyIsRight),
                share(attacked, one -> one.said().algorithm() == one.truth()),
                share(visible, Judged::familyIsRight),
                share(all, Judged::paperClassIsRight),
                share(all, one -> one.said().familySet().contains(one.truth().family())),
                share(all, one -> one.said().algorithmSet().contains(one.truth())),
                share(
                        attacked.stream()
                                .filter(one -> one.says(Attribution.Verdict.ATTACKED))
                                .toList(),
                        Judged::strengthIsHeld),
                share(attacked, Judged::stepsAreRight),
                parsing.map(it -> share(
                                attacked.stream()
                                        .filter(one -> one.victim().isPresent())
                                        .toList(),
                                one -> one.victim()
                                        .equals(Optional.of(it.of(one.known().evidence())))))
                        .orElse(new Proportion(0, 0)),
                mean(all, true),
                mean(all, false));
    }

    private static Proportion share(List<Judged> all, Predicate<Judged> hit) {
        return new Proportion((int) all.stream().filter(hit).count(), all.size());
    }

    private static double mean(List<Judged> all, boolean families) {
        return all.stream()
                .mapToInt(one -> families
                        ? one.said().familySet().size()
                        : one.said().algorithmSet().size())
                .average()
                .orElse(Double.NaN);
    }

    /** The results as a table in Markdown, rates in per cent. */
    static String table(List<WorldResult> results) {
        List<String> lines = new ArrayList<>(List.of(
                "| world | clean: attacked | clean: clean | attacked: found | at 2 % | family | algorithm | family, visible | paper's"
                        + " class | family set | algorithm set | L∞ held | steps (a trial) | victim (a trial) |",
                "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"));
        for (WorldResult one : results) {
            List<String> cells = new ArrayList<>(List.of(one.world()));
            for (Proportion share : Arrays.asList(
                    one.cleanCalledAttacked,
                    one.cleanCalledClean,
                    one.detected,
                    one.detectedAtTwoPercent,
                    one.family,
                    one.algorithm,
                    one.familyOfVisible,
                    one.paperClass)) {
                cells.add(percent(share));
            }
            cells.add(percent(one.familyCoverage) + " in "
                    + String.format(java.util.Locale.ROOT, "%.2f", one.familySetSize));
            cells.add(percent(one.algorithmCoverage) + " in "
                    + String.format(java.util.Locale.ROOT, "%.2f", one.algorithmSetSize));
            for (Proportion share : List.of(one.strengthCoverage, one.steps, one.victim)) {
                cells.add(percent(share));
            }
            lines.add("| " + String.join(" | ", cells) + " |");
        }
        return String.join("\n", lines) + "\n";
    }

    private static String percent(Proportion share) {
        return share.n() == 0 ? "–" : String.format(java.util.Locale.ROOT, "%.1f", 100 * share.value());
    }
}
