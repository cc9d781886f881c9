package io.redrl.attribution;

import io.redrl.calibration.ConformalSets;
import io.redrl.calibration.PlattScaling;
import io.redrl.calibration.Temperature;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What turns a network's outputs into probabilities, sets, intervals and a verdict; fitted by {@link AttributionCalibrator} on images that
 * nobody learnt from.
 *
 * @param detection by group of sizes, what makes a probability of the logit of "attacked"
 * @param families temperature of the families of attacks
 * @param algorithms temperature of the algorithms within a family
 * @param familySets prediction sets of families
 * @param algorithmSets prediction sets of algorithms
 * @param linf by family, 5 % and 95 % quantile of the true log2 of L∞ less the estimated one
 * @param rms the same of the root mean square
 * @param oodThreshold the score above which an image is unknown
 */
public record AttributionCalibration(
        List<Detection> detection,
        double families,
        double algorithms,
        ConformalSets familySets,
        ConformalSets algorithmSets,
        List<List<Double>> linf,
        List<List<Double>> rms,
        double oodThreshold) {
    /** Sides up to which images are of the first and of the second group: larger ones have more of a trace. */
    private static final int SMALL = 40;

    private static final int MIDDLE = 80;

    /** Groups by size. */
    static final int GROUPS = 3;

    /** Greatest L∞ that there is, in grey levels. */
    private static final double MOST = 255;

    /**
     * Detection of attacks on images of a group of sizes.
     *
     * @param attacked from the logit of "attacked" to a probability
     * @param prior the share of attacked images for which 1 % of the calibration's clean ones of these sizes are called attacked
     */
    public record Detection(PlattScaling attacked, double prior) {}

    /** Copies the list. */
    public AttributionCalibration {
        detection = List.copyOf(detection);
    }

    static int group(double side) {
        return side <= SMALL ? 0 : side <= MIDDLE ? 1 : 2;
    }

    /** The logit of "not clean" as the network has it. */
    static double score(double[] familyLogits) {
        double[] attacked = Arrays.copyOfRange(familyLogits, 1, familyLogits.length);
        double greatest = Arrays.stream(attacked).max().orElseThrow();
        return greatest
                + Math.log(
                        Arrays.stream(attacked).map(l -> Math.exp(l - greatest)).sum())
                - familyLogits[Family.CLEAN.index()];
    }

    double[] families(Evidence evidence, double share) {
        double[] logits = evidence.families();
        double p = detection(evidence).attacked().probability(score(logits), share);
        double[] ofAttacks = Temperature.softmax(Arrays.copyOfRange(logits, 1, logits.length), families);
        double[] result = new double[logits.length];
        result[Family.CLEAN.index()] = 1 - p;
        for (int f = 1; f < result.length; f++) {
            result[f] = p * ofAttacks[f - 1];
        }
        return result;
    }

    private Detection detection(Evidence evidence) {
        return detection.get(group(evidence.side()));
    }

    double[] algorithms(Evidence evidence, double[] ofFamilies) {
        double[] logits = evidence.algorithms();
        double[] result = new double[logits.length];
        for (Family family : Family.values()) {
            int[] members =
                    family.algorithms().stream().mapToInt(Algorithm::index).toArray();
            double[] within = Temperature.softmax(
                    Arrays.stream(members).mapToDouble(m -> logits[m]).toArray(), algorithms);
            for (int i = 0; i < members.length; i++) {
                result[members[i]] = ofFamilies[family.index()] * within[i];
            }
        }
        return result;
    }

    /**
     * What is made of the evidence.
     *
     * @param oodScore as the score of the model has it
     * @param prior share of attacked images, in (0, 1); empty for that of the calibration
     */
    Attribution judge(Evidence evidence, double oodScore, Optional<Double> prior) {
        double[] families = families(evidence, prior.orElse(detection(evidence).prior()));
        double[] algorithms = algorithms(evidence, families);
        // The sets were fitted with equal priors.
        double[] even = families(evidence, 0.5);
        int group = group(evidence.side());
        Family[] allFamilies = Family.values();
        Algorithm[] allAlgorithms = Algorithm.values();
        double unlike = oodScore / oodThreshold;
        Attribution.Verdict verdict = unlike > 1
                ? Attribution.Verdict.UNKNOWN
                : families[Family.CLEAN.index()] >= 0.5 ? Attribution.Verdict.CLEAN : Attribution.Verdict.ATTACKED;
        Attribution result = new Attribution(
                verdict,
                boxed(families),
                boxed(algorithms),
                familySets.of(even, group).stream().map(f -> allFamilies[f]).toList(),
                algorithmSets.of(algorithms(evidence, even), group).stream()
                        .map(a -> allAlgorithms[a])
                        .toList(),
                unlike,
                new Attribution.Size(0, 0, 0),
                new Attribution.Size(0, 0, 0),
                boxed(Temperature.softmax(evidence.steps(), 1)),
                Optional.empty(),
                evidence.suspects());
        if (verdict == Attribution.Verdict.CLEAN) {
            return result;
        }
        int family = result.family().index();
        return new Attribution(
                verdict,
                result.families(),
                result.algorithms(),
                result.familySet(),
                result.algorithmSet(),
                unlike,
                size(evidence.sizes()[0], linf.get(family)),
                size(evidence.sizes()[1], rms.get(family)),
                result.steps(),
                result.algorithm().local() ? evidence.box() : Optional.empty(),
                result.suspects());
    }

    private static Attribution.Size size(double log2, List<Double> residuals) {
        return new Attribution.Size(levels(log2), levels(log2 + residuals.get(0)), levels(log2 + residuals.get(1)));
    }

    private static double levels(double log2) {
        return Math.min(MOST, Math.pow(2, log2));
    }

    private static List<Double> boxed(double[] values) {
        return Arrays.stream(values).boxed().toList();
    }
}
