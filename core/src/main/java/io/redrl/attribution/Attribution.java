package io.redrl.attribution;

import io.redrl.attack.AttackClass;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is found out about one image: whether it was attacked, by which family and algorithm, how strongly and where.
 *
 * @param verdict the answer
 * @param families calibrated probabilities in the order of {@link Family}; their sum is 1
 * @param algorithms calibrated probabilities in the order of {@link Algorithm}; those of a family add up to the family's
 * @param familySet the families that hold the true one in 95 % of cases, the likeliest first
 * @param algorithmSet the algorithms that do, the likeliest first
 * @param oodScore how unlike all images of the calibration it is: above 1 it is unknown
 * @param linf the greatest change of a value, in grey levels, if it was attacked
 * @param rms the root of the mean square of the change, in grey levels, if it was attacked
 * @param steps probabilities of one step, two to ten, more: a research row
 * @param box around the changed place, if the verdict is an attack that changes a part only and the place is seen
 * @param suspects names of the victims that were asked; none if all of it is from the image alone
 */
public record Attribution(
        Verdict verdict,
        List<Double> families,
        List<Double> algorithms,
        List<Family> familySet,
        List<Algorithm> algorithmSet,
        double oodScore,
        Size linf,
        Size rms,
        List<Double> steps,
        Optional<Box> box,
        List<String> suspects) {
    /** Copies the lists. */
    public Attribution {
        families = List.copyOf(families);
        algorithms = List.copyOf(algorithms);
        familySet = List.copyOf(familySet);
        algorithmSet = List.copyOf(algorithmSet);
        steps = List.copyOf(steps);
        suspects = List.copyOf(suspects);
    }

    /** The answer in one word. */
    public enum Verdict {
        /** Nothing speaks for an attack. */
        CLEAN,
        /** Attacked. */
        ATTACKED,
        /** Like nothing that the calibration has seen. */
        UNKNOWN
    }

    /**
     * A size with the interval that holds the true one in 90 % of cases.
     *
     * @param estimate in grey levels
     * @param low the interval's lower end
     * @param high its upper end
     */
    public record Size(double estimate, double low, double high) {}

    /**
     * A rectangle of pixels.
     *
     * @param left its first column
     * @param top its first row
     * @param width in pixels
     * @param height in pixels
     */
    public record Box(int left, int top, int width, int height) {}

    /** The probability that the image was attacked. */
    public double attacked() {
        return 1 - families.get(Family.CLEAN.index());
    }

    /** The likeliest family: {@link Family#CLEAN} or, of an attacked or unknown image, the likeliest of the others. */
    public Family family() {
        return verdict == Verdict.CLEAN ? Family.CLEAN : nearestFamily();
    }

    /** The likeliest algorithm of {@link #family}. */
    public Algorithm algorithm() {
        return Collections.max(
                family().algorithms(), Comparator.comparingDouble(algorithm -> algorithms.get(algorithm.index())));
    }

    private Family nearestFamily() {
        Family best = Family.LINF_BUDGET;
        for (Family family : Family.values()) {
            if (family != Family.CLEAN && families.get(family.index()) > families.get(best.index())) {
                best = family;
            }
        }
        return best;
    }

    /** The same as the paper's six classes have it: each algorithm's probability goes to the nearest of them. */
    public Map<AttackClass, Double> paperClasses() {
        Map<AttackClass, Double> result = new LinkedHashMap<>();
        for (AttackClass one : AttackClass.values()) {
            result.put(one, 0.0);
        }
        for (Algorithm algorithm : Algorithm.values()) {
            result.merge(algorithm.paper(), algorithms.get(algorithm.index()), Double::sum);
        }
        return result;
    }
}
