package io.redrl.calibration;

import io.redrl.base.Checks;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Activations of the attack classifier Ψ for some images, as plain values: enough for probabilities and for every {@link OodScore}.
 *
 * <p>Holds its arrays as they are: do not modify them.
 *
 * @param features {@code [N][F]}: channel means of all stages of Ψ, those that its head reads last
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
                "activations are features and logits of the same images, got %d and %d",
                features.length,
                logits.length);
    }

    /** The number of images. */
    public int size() {
        return logits.length;
    }

    /** Some of the images, in the order of {@code places}. */
    Activations at(int... places) {
        return new Activations(
                Arrays.stream(places).mapToObj(i -> features[i]).toArray(double[][]::new),
                Arrays.stream(places).mapToObj(i -> logits[i]).toArray(double[][]::new),
                starts);
    }

    /** Those of several batches, one after another; at least one. */
    public static Activations joined(List<Activations> parts) {
        List<double[]> features = new ArrayList<>();
        List<double[]> logits = new ArrayList<>();
        for (Activations part : parts) {
            features.addAll(Arrays.asList(part.features));
            logits.addAll(Arrays.asList(part.logits));
        }
        return new Activations(features.toArray(double[][]::new), logits.toArray(double[][]::new), parts.get(0).starts);
    }

    /** The features {@code [N,F]} float64, caller's scope; of at least one image. */
    Tensor featureMatrix() {
        return matrix(features);
    }

    /** The logits {@code [N,K]} float64, caller's scope; of at least one image. */
    Tensor logitMatrix() {
        return matrix(logits);
    }

    private static Tensor matrix(double[][] rows) {
        double[] values = Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
        return Tensors.doubles(values, rows.length, rows[0].length);
    }
}
