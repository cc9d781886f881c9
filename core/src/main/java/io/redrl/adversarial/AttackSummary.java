package io.redrl.adversarial;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.redrl.attack.AttackClass;
import io.redrl.attack.Outcome;
import io.redrl.base.Checks;
import io.redrl.stats.OrderStatistics;
import io.redrl.stats.Proportion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * Success and perturbation norms of an attack against a victim. An image counts as fooled only if the victim had it right
 * before. Where the true label is not known, what the victim saw in the clean image counts as right.
 *
 * @param victim the victim's id
 * @param attack the attack's id
 * @param config the configuration as one line of JSON, or {@link #EVERY_CONFIG}
 * @param images the number of images attacked
 * @param rightBefore how many of them the victim had right when clean
 * @param rightAfter how many of them it has right as stored
 * @param fooledFloat of {@code rightBefore}, how many were fooled before rounding
 * @param fooled8bit of {@code rightBefore}, how many are fooled once rounded to 8 bits
 * @param l2 Euclidean length of the change, over the images of {@code rightBefore} that are fooled as stored
 * @param linf largest change of a value, in [0, 1], over the same images
 */
public record AttackSummary(
        String victim,
        String attack,
        String config,
        int images,
        int rightBefore,
        int rightAfter,
        int fooledFloat,

        @JsonProperty("fooled-8bit") @JsonAlias("fooled8bit")
        int fooled8bit,

        Distribution l2,
        Distribution linf) {

    /** Refuses counts that cannot be. */
    public AttackSummary {
        Checks.inRange("images that are right when clean", rightBefore, 0, images);
        Checks.inRange("images that are right as stored", rightAfter, 0, images);
        Checks.inRange("images fooled before rounding", fooledFloat, 0, rightBefore);
        Checks.inRange("images fooled at 8 bits", fooled8bit, 0, rightBefore);
    }

    /** Stands for all configurations of the attack together. */
    public static final String EVERY_CONFIG = "all";

    /**
     * Median, mean and maximum of some numbers; NaN where there are none, which JSON has as null.
     *
     * @param median the middle one, or the mean of the middle two
     * @param mean their mean
     * @param max the largest
     */
    public record Distribution(double median, double mean, double max) {
        private static Distribution of(List<AdversarialExample> rows, ToDoubleFunction<Outcome> norm) {
            double[] values = rows.stream()
                    .mapToDouble(row -> norm.applyAsDouble(row.outcome()))
                    .sorted()
                    .toArray();
            return new Distribution(
                    OrderStatistics.median(values),
                    Arrays.stream(values).average().orElse(Double.NaN),
                    values.length == 0 ? Double.NaN : values[values.length - 1]);
        }
    }

    /** Whether this is of all the attack's configurations together. */
    public boolean overall() {
        return config.equals(EVERY_CONFIG);
    }

    /** The share of rightly classified images that were fooled before rounding. */
    public Proportion successFloat() {
        return new Proportion(fooledFloat, rightBefore);
    }

    /** The share of rightly classified images that are fooled once rounded to 8 bits. */
    public Proportion success8bit() {
        return new Proportion(fooled8bit, rightBefore);
    }

    /** The victim's accuracy on the clean images. */
    public Proportion accuracyBefore() {
        return new Proportion(rightBefore, images);
    }

    /** The victim's accuracy on the images as stored. */
    public Proportion accuracyAfter() {
        return new Proportion(rightAfter, images);
    }

    /** One summary per victim and attack, in the order in which they appear; clean rows are left out. */
    public static List<AttackSummary> byAttack(List<AdversarialExample> rows) {
        return by(rows, row -> EVERY_CONFIG);
    }

    /** One summary per victim, attack and configuration, in the order in which they appear; without clean rows. */
    public static List<AttackSummary> byConfig(List<AdversarialExample> rows) {
        return by(rows, AdversarialExample::config);
    }

    private static List<AttackSummary> by(
            List<AdversarialExample> rows, Function<AdversarialExample, String> configOf) {
        Map<List<String>, List<AdversarialExample>> groups = new LinkedHashMap<>();
        for (AdversarialExample row : rows) {
            if (!row.attack().equals(AttackClass.CLEAN.id())) {
                groups.computeIfAbsent(List.of(row.victim(), row.attack(), configOf.apply(row)), k -> new ArrayList<>())
                        .add(row);
            }
        }
        return groups.entrySet().stream()
                .map(group -> of(
                        group.getKey().get(0),
                        group.getKey().get(1),
                        group.getKey().get(2),
                        group.getValue()))
                .toList();
    }

    private static int truth(AdversarialExample row) {
        return row.label() < 0 ? row.outcome().cleanPrediction() : row.label();
    }

    private static AttackSummary of(String victim, String attack, String config, List<AdversarialExample> rows) {
        List<AdversarialExample> right = rows.stream()
                .filter(e -> e.outcome().cleanPrediction() == truth(e))
                .toList();
        List<AdversarialExample> fooled =
                right.stream().filter(AdversarialExample::success).toList();
        return new AttackSummary(
                victim,
                attack,
                config,
                rows.size(),
                right.size(),
                (int) rows.stream()
                        .filter(e -> e.outcome().adversarialPrediction() == truth(e))
                        .count(),
                count(right, Outcome::successFloat),
                count(right, Outcome::success8bit),
                Distribution.of(fooled, Outcome::l2),
                Distribution.of(fooled, Outcome::linf));
    }

    private static int count(List<AdversarialExample> rows, Predicate<Outcome> wanted) {
        return (int)
                rows.stream().map(AdversarialExample::outcome).filter(wanted).count();
    }
}
