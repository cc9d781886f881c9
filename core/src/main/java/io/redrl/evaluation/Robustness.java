package io.redrl.evaluation;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.redrl.attack.AttackClass;
import io.redrl.base.Json;
import io.redrl.calibration.CalibrationFit;
import io.redrl.stats.Auroc;
import io.redrl.stats.Interval;
import io.redrl.stats.Proportion;
import io.redrl.stats.Reliability;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Robustness evaluation of one recogniser: how it does outside the data that it was trained on.
 *
 * @param name its short name
 * @param title how tables call it
 * @param calibration temperature, probabilities that can be believed, and the OOD score
 * @param reference the test set's own rows of the same images: what the conditions are to be compared with
 * @param conditions the six classes under other circumstances
 * @param unknown attacks that training never saw
 * @param cleanCorruptions changes of images that are no attack
 * @param leftOut rows of the sets in which the attack changed nothing, or had nothing to do: they count nowhere. Absent in files of
 *     earlier versions
 */
public record Robustness(
        String name,
        String title,
        Calibrated calibration,
        Condition reference,
        List<Condition> conditions,
        List<UnknownAttack> unknown,
        List<CleanCorruption> cleanCorruptions,

        @JacksonInject(value = Json.OR_ABSENT, useInput = OptBoolean.TRUE) @JsonInclude(JsonInclude.Include.NON_ABSENT)
        Optional<Integer> leftOut) {
    /** An evaluation of sets of which nothing was left out. */
    public Robustness(
            String name,
            String title,
            Calibrated calibration,
            Condition reference,
            List<Condition> conditions,
            List<UnknownAttack> unknown,
            List<CleanCorruption> cleanCorruptions) {
        this(name, title, calibration, reference, conditions, unknown, cleanCorruptions, Optional.empty());
    }

    /** Copies the lists. */
    public Robustness {
        conditions = List.copyOf(conditions);
        unknown = List.copyOf(unknown);
        cleanCorruptions = List.copyOf(cleanCorruptions);
    }

    /** What was varied. */
    public enum Group {
        /** A victim that no training image was attacked with. */
        VICTIM,
        /** Settings of the known attacks that training did not have. */
        SETTINGS,
        /** What happened to the image after the attack. */
        CORRUPTION
    }

    /**
     * The six classes under some circumstances.
     *
     * @param group what was varied
     * @param name what it was varied to
     * @param attack the one attack that it is about, empty if about all six classes
     * @param confusion true class by predicted class; the answer "unknown" is left out of account
     * @param unknown how many were called unknown
     * @param expectedCalibrationError of the calibrated probabilities
     */
    public record Condition(
            Group group,
            String name,
            String attack,
            ConfusionMatrix confusion,
            Proportion unknown,
            double expectedCalibrationError) {
        /** Counts predictions for images of the six classes. */
        public static Condition of(Group group, String name, String attack, List<PredictionRow> rows) {
            return new Condition(
                    group,
                    name,
                    attack,
                    PredictionRow.confusion(rows),
                    PredictionRow.unknown(rows),
                    PredictionRow.reliability(rows).expectedError());
        }
    }

    /**
     * What was fitted on validation images, and how it does on the test set.
     *
     * @param temperature of the softmax
     * @param scaled whether vector scaling is used instead, which did better on validation images
     * @param before on the test set without either
     * @param after on the test set with it
     * @param method the OOD score that was kept, as tables write it
     * @param threshold above which an image is called unknown
     * @param validationImages how many validation images there were
     * @param candidates how all scores did on synthetic outliers made of validation images
     * @param knownCalledUnknown how many known test images were called unknown
     */
    public record Calibrated(
            double temperature,
            boolean scaled,
            Reliability before,
            Reliability after,
            String method,
            double threshold,
            int validationImages,
            List<Candidate> candidates,
            Proportion knownCalledUnknown) {
        /** Copies the list. */
        public Calibrated {
            candidates = List.copyOf(candidates);
        }

        /** Of a fit, and of predictions for the known images of the test set, without calibration and with it. */
        public static Calibrated of(
                CalibrationFit.Summary fit, List<PredictionRow> uncalibrated, List<PredictionRow> known) {
            return new Calibrated(
                    fit.calibration().temperature(),
                    fit.calibration().scaling().isPresent(),
                    PredictionRow.reliability(uncalibrated),
                    PredictionRow.reliability(known),
                    fit.calibration().score().label(),
                    fit.calibration().threshold(),
                    fit.images(),
                    fit.candidates().stream().map(Candidate::of).toList(),
                    PredictionRow.unknown(known));
        }
    }

    /**
     * An OOD score on validation images, by cross-fitting.
     *
     * @param method the score, as tables write it
     * @param auroc the mean over kinds of synthetic outliers
     * @param kinds AUROC by kind, in their order
     */
    public record Candidate(String method, double auroc, Map<String, Double> kinds) {
        /** Keeps the order of the map. */
        public Candidate {
            kinds = Collections.unmodifiableMap(new LinkedHashMap<>(kinds));
        }

        private static Candidate of(CalibrationFit.Candidate candidate) {
            Map<String, Double> kinds = new LinkedHashMap<>();
            candidate.kinds().forEach((kind, auroc) -> kinds.put(kind.label(), auroc));
            return new Candidate(candidate.method().label(), candidate.auroc(), kinds);
        }
    }

    /**
     * An attack that training never saw, on images that it changed.
     *
     * @param attack its id
     * @param relative the known class nearest to it by construction, empty if there is none
     * @param n how many images it changed
     * @param fooled how many of these fool the victim as stored
     * @param auroc how probable it is that one of these has a higher OOD score than a known image of the test set
     * @param interval its 95 % interval, after DeLong, DeLong and Clarke-Pearson (1988)
     * @param calledUnknown how many were called unknown
     * @param named how often each class was named, whatever the score
     */
    public record UnknownAttack(
            String attack,
            String relative,
            int n,
            int fooled,
            double auroc,
            Interval interval,
            Proportion calledUnknown,
            Map<String, Integer> named) {
        /**
         * Counts predictions for images that an attack changed.
         *
         * @param own at least one
         * @param fooled how many of these fool the victim as stored
         * @param known predictions for images of the six classes
         */
        public static UnknownAttack of(String attack, List<PredictionRow> own, int fooled, List<PredictionRow> known) {
            Auroc auroc = Auroc.of(scores(own), scores(known));
            return new UnknownAttack(
                    attack,
                    relative(attack),
                    own.size(),
                    fooled,
                    auroc.value(),
                    auroc.interval(),
                    PredictionRow.unknown(own),
                    counted(own));
        }

        /** The class whose algorithm it varies: what a recogniser that does not know it may well call it. */
        private static String relative(String attack) {
            return switch (attack) {
                case "apgd", "mi-fgsm", "fgsm" -> AttackClass.PGD.id();
                case "ead" -> AttackClass.CW_L2.id();
                case "cw-linf-tau" -> AttackClass.CW_LINF.id();
                default -> "";
            };
        }

        private static double[] scores(List<PredictionRow> rows) {
            return rows.stream().mapToDouble(row -> row.prediction().oodScore()).toArray();
        }

        /** Sorts the map. */
        public UnknownAttack {
            named = Collections.unmodifiableMap(new TreeMap<>(named));
        }

        /** How often its relative was named; nothing measured if it has none. */
        public Proportion namedRelative() {
            return relative.isEmpty() ? new Proportion(0, 0) : new Proportion(named.getOrDefault(relative, 0), n);
        }
    }

    /**
     * A change of clean images that is no attack.
     *
     * @param name what was done: settings as JSON
     * @param n how many images
     * @param clean how many were called clean and not unknown
     * @param unknown how many were called unknown
     * @param named how often each class was named, whatever the score
     */
    public record CleanCorruption(String name, int n, int clean, int unknown, Map<String, Integer> named) {
        /** Counts predictions for images that somebody changed without attacking. */
        public static CleanCorruption of(String name, List<PredictionRow> rows) {
            return new CleanCorruption(
                    name,
                    rows.size(),
                    (int) rows.stream()
                            .map(PredictionRow::prediction)
                            .filter(p -> !p.unknown() && p.best() == AttackClass.CLEAN)
                            .count(),
                    PredictionRow.unknown(rows).hits(),
                    counted(rows));
        }

        /** Sorts the map. */
        public CleanCorruption {
            named = Collections.unmodifiableMap(new TreeMap<>(named));
        }

        /** The share that was not taken for an attack. */
        public Proportion harmless() {
            return new Proportion(clean + unknown, n);
        }
    }

    private static Map<String, Integer> counted(List<PredictionRow> rows) {
        Map<String, Integer> named = new TreeMap<>();
        rows.forEach(row -> named.merge(row.predicted(), 1, Integer::sum));
        return named;
    }

    /** The mean of the AUROCs over attacks that training never saw; NaN if there was none. */
    public double meanAuroc() {
        return unknown.stream().mapToDouble(UnknownAttack::auroc).average().orElse(Double.NaN);
    }
}
