package io.redrl.recognition;

import io.redrl.base.Checks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What Ψ made of some images, as plain values: enough for probabilities and for every {@link UnknownScore}.
 *
 * <p>Holds its arrays as they are: do not modify them.
 *
 * @param features {@code [N][F]}: channel means of all stages, the head's own last, see {@link
 *     io.redrl.model.AttackClassifier#features}
 * @param logits {@code [N][K]}, in the order of {@link io.redrl.attack.AttackClass}
 * @param headFeatures how many of the last features the head reads
 */
@SuppressWarnings("ArrayRecordComponent")
public record Trace(double[][] features, double[][] logits, int headFeatures) {
    /** Requires as many features as logits. */
    public Trace {
        Checks.require(
                features.length == logits.length,
                "a trace has features and logits of the same images, got %d and %d",
                features.length,
                logits.length);
    }

    /** The number of images. */
    public int size() {
        return logits.length;
    }

    /** The first of the features that the head reads. */
    int head() {
        return size() == 0 ? 0 : features[0].length - headFeatures;
    }

    /**
     * Where each stage's features begin, and where the last end: means of 1, 2, 4 and 8 times the same number of channels, the last
     * stage's together with what else the head reads. Features that are not so divided count as those before the head's and
     * the head's.
     */
    int[] stages() {
        int before = head();
        int end = before + headFeatures;
        int width = before / 7;
        return before > 0 && before % 7 == 0
                ? new int[] {0, width, 3 * width, 7 * width, end}
                : before > 0 ? new int[] {0, before, end} : new int[] {0, end};
    }

    /** Some of the images, in the order of {@code places}. */
    Trace at(int... places) {
        return new Trace(
                Arrays.stream(places).mapToObj(i -> features[i]).toArray(double[][]::new),
                Arrays.stream(places).mapToObj(i -> logits[i]).toArray(double[][]::new),
                headFeatures);
    }

    /** One trace after another; at least one. */
    public static Trace joined(List<Trace> parts) {
        List<double[]> features = new ArrayList<>();
        List<double[]> logits = new ArrayList<>();
        for (Trace part : parts) {
            features.addAll(Arrays.asList(part.features));
            logits.addAll(Arrays.asList(part.logits));
        }
        return new Trace(features.toArray(double[][]::new), logits.toArray(double[][]::new), parts.get(0).headFeatures);
    }
}
