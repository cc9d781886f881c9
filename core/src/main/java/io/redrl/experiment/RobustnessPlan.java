package io.redrl.experiment;

import io.redrl.attack.AttackCatalog;
import io.redrl.attack.AttackClass;
import io.redrl.attack.AttackSpec;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.data.IndexRanges;
import io.redrl.image.Corruption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Robustness evaluation: what is measured outside the training data, and the images that calibrations are fitted on.
 *
 * @param validation what temperature and the answer "unknown" are fitted on: the experiment's victims and attacks on images that
 *     neither training nor test has
 * @param falsePositiveRate so many of the known validation images are called unknown, in (0, 1)
 * @param images of the test set; every condition is measured on these, beside their rows of the test set
 * @param recognisers names of those that are measured
 * @param victims attacked with the experiment's attacks, and never seen in training; files that are not there are left out
 * @param attacks settings of the known attacks that training does not have
 * @param unknown attacks that training does not have
 * @param cleanCorruptions changes of images that are no attack: noise, JPEG
 * @param corruptions what is done to the test set's images after the attack
 */
public record RobustnessPlan(
        SetSpec validation,
        double falsePositiveRate,
        String images,
        List<String> recognisers,
        List<NetworkSource> victims,
        List<AttackSpec> attacks,
        List<AttackSpec> unknown,
        List<AttackSpec> cleanCorruptions,
        List<Corruption> corruptions) {
    private static final List<String> KNOWN =
            AttackClass.attacks().stream().map(AttackClass::id).toList();

    /** Copies the lists; refuses attacks in a list where they do not belong. */
    public RobustnessPlan {
        recognisers = List.copyOf(recognisers);
        victims = List.copyOf(victims);
        attacks = List.copyOf(attacks);
        unknown = List.copyOf(unknown);
        cleanCorruptions = List.copyOf(cleanCorruptions);
        corruptions = List.copyOf(corruptions);
        Checks.require(
                falsePositiveRate > 0 && falsePositiveRate < 1,
                "false-positive-rate must be in (0, 1), got %s",
                falsePositiveRate);
        Checks.require(
                validation.storage().eightBit(),
                "validation must have storage uint8: synthetic outliers are put together from 8-bit pixels");
        for (AttackSpec attack : attacks) {
            Checks.require(
                    KNOWN.contains(attack.id()), "attacks lists other settings of %s, got %s", KNOWN, attack.id());
        }
        for (AttackSpec attack : unknown) {
            Checks.require(
                    !KNOWN.contains(attack.id()) && !harmless(attack),
                    "unknown lists attacks that training does not have, got %s",
                    attack.id());
        }
        for (AttackSpec attack : cleanCorruptions) {
            Checks.require(harmless(attack), "clean-corruptions lists noise and jpeg, got %s", attack.id());
        }
    }

    /** Whether it is a change of images that is no attack. */
    static boolean harmless(AttackSpec attack) {
        return AttackCatalog.entries().stream()
                .anyMatch(e -> e.defaults().id().equals(attack.id()) && e.kind() == AttackCatalog.Kind.NOT_AN_ATTACK);
    }

    /** Checks it against the rest of the experiment. */
    void check(ExperimentSpec spec) {
        Set<String> names = new HashSet<>();
        spec.victims().forEach(v -> names.add(v.name()));
        for (NetworkSource victim : victims) {
            Checks.require(
                    names.add(victim.name()), "robustness.victims names %s, which is a victim already", victim.name());
        }
        Checks.require(
                new HashSet<>(recognisers).size() == recognisers.size(),
                "robustness.recognisers names one twice: %s",
                recognisers);
        List<String> outliers = spec.recognisers().outliers().stream()
                .flatMap(List::stream)
                .map(AttackSpec::id)
                .toList();
        for (AttackSpec attack : unknown) {
            Checks.require(
                    !outliers.contains(attack.id()),
                    "robustness.unknown lists attacks that training does not have, but %s is among recognisers.outliers",
                    attack.id());
        }
        for (String name : recognisers) {
            Checks.require(
                    spec.variants().stream()
                            .anyMatch(variant -> variant.name().equals(name)
                                    && !variant.settings().input().needsClean()),
                    "robustness.recognisers names %s: not among recognisers.variants, or an oracle",
                    name);
        }
        for (AttackSpec attack : attacks) {
            Checks.require(
                    !spec.attacks().contains(attack),
                    "robustness.attacks lists settings that training does not have, got %s",
                    Json.line(attack));
        }
        Set<Integer> test = indices(spec.test().indices());
        Checks.require(
                test.containsAll(indices(images)),
                "robustness.images must be among the test images %s, got %s",
                spec.test().indices(),
                images);
        Checks.require(
                corruptions.isEmpty() || spec.test().storage().eightBit(),
                "robustness.corruptions need a test set stored as uint8");
        checkApart("training", spec.train());
        checkApart("test", spec.test());
    }

    private void checkApart(String name, SetSpec other) {
        Set<Integer> common = indices(validation.indices());
        common.retainAll(indices(other.indices()));
        Checks.require(
                other.split() != validation.split() || common.isEmpty(),
                "robustness.validation shares %d images with the %s set, the first of them %s",
                common.size(),
                name,
                common.stream().min(Integer::compare).orElse(-1));
    }

    private static Set<Integer> indices(String text) {
        Set<Integer> indices = new HashSet<>();
        Arrays.stream(IndexRanges.parse(text)).forEach(indices::add);
        return indices;
    }
}
