package io.redrl.calibration;

import io.redrl.attack.AttackClass;
import io.redrl.base.Checks;
import io.redrl.base.OneLine;
import io.redrl.tensor.Safetensors;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Out-of-distribution (OOD) score: how unlike the training data an image is, by Ψ's activations. The greater, the less alike. Fitted
 * on validation images of the known classes alone; kept as safetensors beside a recogniser's {@code calibration.json}.
 *
 * <p>A score owns its tensors; closing it frees them.
 */
public sealed interface OodScore extends AutoCloseable
        permits FisherScore, LogitScore, MahalanobisScore, NeighbourScore {
    /** The file's name in a recogniser's folder. */
    String FILE = "ood.safetensors";

    /**
     * The scores of N images.
     *
     * @param features {@code [N,F]} float64, as in {@link Activations#features}
     * @param logits {@code [N,K]} float64, as in {@link Activations#logits}
     * @return {@code [N]} float64, caller's scope
     */
    Tensor of(Tensor features, Tensor logits);

    /** The number F of features that it was fitted on; 0 if it looks at none. */
    int featureCount();

    /** Its parameters by name, {@code [rows,columns]} float64: this score's own or in the caller's scope. */
    Map<String, Tensor> parts();

    @Override
    void close();

    /** The scores of some images. */
    default double[] of(Activations activations) {
        return activations.size() == 0
                ? new double[0]
                : Scopes.valuedNoGrad(
                        () -> Tensors.toDoubles(of(activations.featureMatrix(), activations.logitMatrix())));
    }

    /**
     * Fits a score.
     *
     * @param known activations of validation images
     * @param classes the class of each
     * @param images which image each was made from
     * @param temperature of the softmax
     */
    static OodScore fit(OodMethod method, Activations known, int[] classes, int[] images, double temperature) {
        Checks.require(known.size() > 1, "a score is fitted on two validation images or more, got %d", known.size());
        Checks.require(
                Arrays.stream(known.features()).flatMapToDouble(Arrays::stream).allMatch(Double::isFinite),
                "Ψ's features of the validation images are not finite: nothing to fit on");
        return switch (method) {
            case MAX_SOFTMAX, MAX_LOGIT -> new LogitScore(temperature, method);
            case NEIGHBOURS -> NeighbourScore.fit(known);
            case FISHER -> FisherScore.fit(known, classes, images, temperature);
        };
    }

    /** Writes it as safetensors, float32. */
    default void write(Path file) {
        Scopes.run(() -> {
            Map<String, Tensor> parts = new LinkedHashMap<>();
            parts().forEach((name, tensor) -> parts.put(name, tensor.to(ScalarType.Float)));
            Safetensors.write(file, parts, Map.of());
        });
    }

    /**
     * Checks that it suits a recogniser, whose features may be others than those that it was fitted on.
     *
     * @param features how many there are in {@link Activations#features}
     * @param file named in the message
     */
    default void requireFits(int features, Path file) {
        boolean fits;
        try {
            double[][] zeros = {new double[AttackClass.values().length]};
            fits = (featureCount() == 0 || featureCount() == features)
                    && Double.isFinite(of(new Activations(new double[1][features], zeros, List.of(0)))[0]);
        } catch (RuntimeException e) { // LibTorch on shapes that do not fit each other
            fits = false;
        }
        Checks.require(fits, "%s does not fit this recogniser, whose Ψ has %d features", file, features);
    }

    /** The score that a calibration names, see {@link #load(Path, OodMethod, double)}. */
    static OodScore load(Path folder, Calibration calibration) {
        return load(folder, calibration.score(), calibration.temperature());
    }

    /**
     * A score; those of logits alone need no file.
     *
     * @param folder with the {@link #FILE} that {@link #write} wrote
     * @throws io.redrl.base.RedrlException if the file is missing, damaged, or of another method
     */
    static OodScore load(Path folder, OodMethod method, double temperature) {
        Path file = folder.resolve(FILE);
        return switch (method) {
            case MAX_SOFTMAX, MAX_LOGIT -> new LogitScore(temperature, method);
            case NEIGHBOURS, FISHER ->
                Scopes.valuedNoGrad(() -> {
                    Map<String, Tensor> parts = read(file);
                    return method == OodMethod.FISHER
                            ? FisherScore.of(parts.keySet(), name -> part(parts, name, file))
                            : NeighbourScore.of(name -> part(parts, name, file));
                });
        };
    }

    private static Map<String, Tensor> read(Path file) {
        Map<String, Tensor> parts = new LinkedHashMap<>();
        Safetensors.read(file).forEach((name, tensor) -> {
            Checks.shape(OneLine.of(name) + " in " + file, Tensors.shape(tensor), -1, -1);
            Checks.require(
                    tensor.numel() > 0 && tensor.isfinite().all().item_bool(),
                    "%s in %s must have values, all of them finite: the file is altered",
                    OneLine.of(name),
                    file);
            parts.put(name, tensor.to(ScalarType.Double));
        });
        return parts;
    }

    private static Tensor part(Map<String, Tensor> parts, String name, Path file) {
        Checks.require(
                parts.containsKey(name),
                "%s has no %s: it was not fitted for this score; it has %s",
                file,
                name,
                OneLine.of(parts.keySet()));
        return Objects.requireNonNull(parts.get(name));
    }
}
