package io.redrl.calibration;

import io.redrl.base.Checks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What Ψ made of some images, as plain values: enough for probabilities and for every {@link OodScore}.
 *
 * <p>Holds its arrays as they are: do not modify them.
 *
 * @param features {@code [N][F]}: channel means of all stages, the head's own last, see {@link
 *     io.redrl.model.AttackClassifier#features}
 * @param logits {@code [N][K]}, in the order of {@link io.redrl.attack.AttackClass}
 * @param starts where each stage's features begin, ascending from 0; those from the last on are the head's
 */
@SuppressWarnings("ArrayRecordComponent")
public record Activations(double[][] features, double[][] logits, List<Integer> starts) {
    /** Copies the list; requires as many features as logits. */
    public Activations {
        starts = List.copyOf(starts);
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
        return starts.get(starts.size() - 1);
    }

    /** Some of the images, in the order of {@code places}. */
    Activations at(int... places) {
        return new Activations(
                Arrays.stream(places).mapToObj(i -> features[i]).toArray(double[][]::new),
                Arrays.stream(places).mapToObj(i -> logits[i]).toArray(double[][]::new),
                starts);
    }

    /** One trace after another; at least one. */
    public static Activations joined(List<Activations> parts) {
        List<double[]> features = new ArrayList<>();
        List<double[]> logits = new ArrayList<>();
        for (Activations part : parts) {
            features.addAll(Arrays.asList(part.features));
            logits.addAll(Arrays.asList(part.logits));
        }
        return new Activations(features.toArray(double[][]::new), logits.toArray(double[][]::new), parts.get(0).starts);
    }
}
