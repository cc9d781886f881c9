package io.redrl.identify;

import io.redrl.attack.AttackClass;
import io.redrl.attribution.Algorithm;
import io.redrl.attribution.Attribution;
import io.redrl.attribution.Family;
import io.redrl.calibration.Prediction;
import io.redrl.evaluation.ClassNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Verdict on an image: the deepest level that the evidence carries, which is an algorithm, else a family, else that it was attacked.
 *
 * @param outcome the answer in one word
 * @param id of what the image is taken for: {@code clean}, {@link #UNKNOWN}, {@link #ATTACKED}, or a candidate's or a family's
 * @param label the same for people
 * @param probability of it, calibrated; empty if it is unknown
 * @param attacked the probability that the image was attacked by anything
 * @param candidates all that the judge tells apart; their probabilities add up to 1
 * @param families the same one level up; empty if the judge knows no families
 * @param predictionSet ids of the candidates that hold the true one in 95 % of cases, the likeliest first; empty if the judge has no such set
 * @param unknownScore how unlike everything known the image is; of a judge that knows families the image is unknown above 1
 */
public record Verdict(
        Outcome outcome,
        String id,
        String label,
        Optional<Double> probability,
        double attacked,
        List<Candidate> candidates,
        List<Candidate> families,
        List<String> predictionSet,
        double unknownScore) {
    /** The id of an image that is unlike anything known. */
    public static final String UNKNOWN = "unknown";

    /** The id of an image that was attacked, nobody can say how. */
    public static final String ATTACKED = "attacked";

    /** What is said has to be likelier than everything else together. */
    private static final double MOST_LIKELY = 0.5;

    /** Copies the lists. */
    public Verdict {
        candidates = List.copyOf(candidates);
        families = List.copyOf(families);
        predictionSet = List.copyOf(predictionSet);
    }

    /** What an image is taken for. */
    public enum Outcome {
        /** Not attacked. */
        CLEAN,
        /** Attacked, by a known attack. */
        ATTACKED,
        /** Unlike anything known. */
        UNKNOWN
    }

    /**
     * Something that an image may be.
     *
     * @param id in files
     * @param label for people
     * @param probability calibrated
     */
    public record Candidate(String id, String label, double probability) {}

    /** That of a recogniser of the paper's six classes. */
    static Verdict of(Prediction prediction) {
        List<Candidate> candidates = new ArrayList<>();
        for (AttackClass one : AttackClass.values()) {
            candidates.add(new Candidate(
                    one.id(),
                    ClassNames.label(one.id()),
                    prediction.probabilities().get(candidates.size())));
        }
        Candidate best = candidates.get(List.of(AttackClass.values()).indexOf(prediction.best()));
        Outcome outcome = prediction.unknown()
                ? Outcome.UNKNOWN
                : prediction.best() == AttackClass.CLEAN ? Outcome.CLEAN : Outcome.ATTACKED;
        return new Verdict(
                outcome,
                outcome == Outcome.UNKNOWN ? UNKNOWN : best.id(),
                outcome == Outcome.UNKNOWN ? UNKNOWN : best.label(),
                outcome == Outcome.UNKNOWN ? Optional.empty() : Optional.of(best.probability()),
                1 - candidates.get(0).probability(),
                candidates,
                List.of(),
                List.of(),
                prediction.oodScore());
    }

    /** That of a model of attribution. */
    static Verdict of(Attribution found) {
        List<Candidate> algorithms = new ArrayList<>();
        for (Algorithm one : Algorithm.values()) {
            algorithms.add(
                    new Candidate(one.id(), one.label(), found.algorithms().get(one.index())));
        }
        List<Candidate> families = new ArrayList<>();
        for (Family one : Family.values()) {
            families.add(new Candidate(one.id(), one.label(), found.families().get(one.index())));
        }
        List<String> set = found.algorithmSet().stream().map(Algorithm::id).toList();
        return of(found, algorithms, families, set);
    }

    /** The same in the paper's six classes. */
    static Verdict inPaperClasses(Attribution found) {
        Map<AttackClass, Double> probabilities = found.paperClasses();
        List<Candidate> classes = probabilities.entrySet().stream()
                .map(entry -> new Candidate(
                        entry.getKey().id(), ClassNames.label(entry.getKey().id()), entry.getValue()))
                .toList();
        List<String> set = found.algorithmSet().stream()
                .map(algorithm -> algorithm.paper().id())
                .distinct()
                .toList();
        return of(found, classes, List.of(), set);
    }

    private static Verdict of(
            Attribution found, List<Candidate> candidates, List<Candidate> families, List<String> set) {
        double attacked = found.attacked();
        Candidate said =
                switch (found.verdict()) {
                    case CLEAN -> candidates.get(0);
                    case UNKNOWN -> new Candidate(UNKNOWN, UNKNOWN, 0);
                    case ATTACKED -> {
                        Candidate best = likeliestAttack(candidates);
                        Candidate family = families.isEmpty() ? best : likeliestAttack(families);
                        yield best.probability() >= MOST_LIKELY
                                ? best
                                : family.probability() >= MOST_LIKELY
                                        ? family
                                        : new Candidate(ATTACKED, ATTACKED, attacked);
                    }
                };
        Outcome outcome = Outcome.valueOf(found.verdict().name());
        return new Verdict(
                outcome,
                said.id(),
                said.label(),
                outcome == Outcome.UNKNOWN ? Optional.empty() : Optional.of(said.probability()),
                attacked,
                candidates,
                families,
                set,
                found.oodScore());
    }

    private static Candidate likeliestAttack(List<Candidate> candidates) {
        return candidates.stream()
                .skip(1)
                .max(Comparator.comparingDouble(Candidate::probability))
                .orElseThrow();
    }

    /** The likeliest candidate: of an attacked image an attack, of an unknown one what it is nearest to. */
    public Candidate nearest() {
        return outcome == Outcome.ATTACKED
                ? likeliestAttack(candidates)
                : candidates.stream()
                        .max(Comparator.comparingDouble(Candidate::probability))
                        .orElseThrow();
    }

    /** Whether a candidate or family is what is said, or the family of that. */
    public boolean says(Candidate one) {
        return one.id().equals(id)
                || Arrays.stream(Algorithm.values())
                        .anyMatch(algorithm -> algorithm.id().equals(id)
                                && algorithm.family().id().equals(one.id()));
    }

    /** The likeliest candidates, at most so many, of 1 % and more. */
    public List<Candidate> likeliest(int most) {
        return candidates.stream()
                .filter(one -> one.probability() >= 0.01)
                .sorted(Comparator.comparingDouble(Candidate::probability).reversed())
                .limit(most)
                .toList();
    }

    /** Labels of the prediction set's other members, if the image is attacked. */
    public List<String> alternatives() {
        return outcome != Outcome.ATTACKED
                ? List.of()
                : predictionSet.stream()
                        .filter(member -> !member.equals(id))
                        .map(member -> candidates.stream()
                                .filter(one -> one.id().equals(member))
                                .findFirst()
                                .orElseThrow()
                                .label())
                        .toList();
    }
}
