package io.redrl.calibration;

import io.redrl.attack.AttackClass;
import io.redrl.base.Checks;
import io.redrl.base.OneLine;
import io.redrl.tensor.Safetensors;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;

/**
 * How little an image looks like anything that training showed, from what Ψ made of it. Fitted on validation images of the
 * known classes alone; kept as safetensors beside a recogniser's {@code calibration.json}.
 */
public sealed interface OodScore permits FisherScore, LogitScore, MahalanobisScore, NeighbourScore, VirtualLogitScore {
    /** The file's name in a recogniser's folder. */
    String FILE = "unknown.safetensors";

    /**
     * The score of one image: larger is stranger.
     *
     * @param features as in {@link Activations#features}
     * @param logits as in {@link Activations#logits}
     */
    double of(double[] features, double[] logits);

    /** How many features there have to be: it looks at no later one, and every fit looks at the last. 0 if it looks at none. */
    int end();

    /** What it consists of, by name; each at least one row. */
    Map<String, double[][]> parts();

    /** The scores of some images. */
    default double[] of(Activations trace) {
        double[] scores = new double[trace.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = of(trace.features()[i], trace.logits()[i]);
        }
        return scores;
    }

    /**
     * Fits a score.
     *
     * @param known what Ψ made of validation images
     * @param classes the class of each
     * @param images which image each was made from
     * @param temperature of the softmax
     */
    static OodScore fit(OodMethod method, Activations known, int[] classes, int[] images, double temperature) {
        Checks.require(known.size() > 1, "a score is fitted on two validation images or more, got %d", known.size());
        int count = AttackClass.values().length;
        return switch (method) {
            case MAX_SOFTMAX, ENERGY, MAX_LOGIT -> new LogitScore(temperature, method);
            case MAHALANOBIS -> MahalanobisScore.fit(known.features(), known.head(), classes, count, false);
            case RELATIVE_MAHALANOBIS -> MahalanobisScore.fit(known.features(), known.head(), classes, count, true);
            case STAGES_MAHALANOBIS -> MahalanobisScore.fit(known.features(), 0, classes, count, false);
            case NEIGHBOURS -> NeighbourScore.fit(known, known.head(), false);
            case STAGES_NEIGHBOURS -> NeighbourScore.fit(known, 0, true);
            case FISHER -> FisherScore.fit(known, classes, images, temperature);
            case VIRTUAL_LOGIT -> VirtualLogitScore.fit(known);
        };
    }

    /** Writes it as safetensors, float32. */
    default void write(Path file) {
        Scopes.run(() -> {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            parts().forEach((name, rows) -> {
                float[] values = new float[rows.length * rows[0].length];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) rows[i / rows[0].length][i % rows[0].length];
                }
                tensors.put(name, Tensors.floats(values, rows.length, rows[0].length));
            });
            Safetensors.write(file, tensors, Map.of());
        });
    }

    /**
     * Checks that it suits a recogniser, whose features may be others than those that it was fitted to.
     *
     * @param features how many there are in {@link Activations#features}
     * @param file named in the message
     */
    default void requireFits(int features, Path file) {
        boolean fits;
        try {
            fits = (end() == 0 || end() == features)
                    && Double.isFinite(of(new double[features], new double[AttackClass.values().length]));
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            fits = false;
        }
        Checks.require(fits, "%s does not fit this recogniser, whose Ψ has %d features", file, features);
    }

    /** The score that a calibration in {@code folder} names; those of logits alone need no file. */
    static OodScore load(Path folder, Calibration calibration) {
        return switch (calibration.score()) {
            case MAX_SOFTMAX, ENERGY, MAX_LOGIT -> new LogitScore(calibration.temperature(), calibration.score());
            default -> read(calibration.score(), folder.resolve(FILE));
        };
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws io.redrl.base.RedrlException if the file is missing, damaged, or of another method
     */
    static OodScore read(OodMethod method, Path file) {
        Map<String, double[][]> parts = Scopes.valued(() -> {
            Map<String, double[][]> read = new LinkedHashMap<>();
            Safetensors.read(file).forEach((name, tensor) -> {
                Checks.shape(OneLine.of(name) + " in " + file, Tensors.shape(tensor), -1, -1);
                Checks.require(
                        tensor.numel() > 0 && tensor.isfinite().all().item_bool(),
                        "%s in %s must have values, all of them finite: the file is altered",
                        OneLine.of(name),
                        file);
                double[] flat = Tensors.toDoubles(tensor);
                double[][] rows = new double[(int) tensor.size(0)][(int) tensor.size(1)];
                for (int i = 0; i < flat.length; i++) {
                    rows[i / rows[0].length][i % rows[0].length] = flat[i];
                }
                read.put(name, rows);
            });
            return read;
        });
        return of(method, parts, file);
    }

    private static OodScore of(OodMethod method, Map<String, double[][]> parts, Path file) {
        return switch (method) {
            case MAX_SOFTMAX, ENERGY, MAX_LOGIT -> new LogitScore(part(parts, "temperature", file)[0][0], method);
            case MAHALANOBIS, RELATIVE_MAHALANOBIS, STAGES_MAHALANOBIS ->
                new MahalanobisScore(
                        (int) part(parts, "first", file)[0][0],
                        part(parts, "whitening", file),
                        part(parts, "means", file),
                        parts.getOrDefault("background-whitening", new double[0][]),
                        parts.getOrDefault("background-mean", new double[0][]));
            case NEIGHBOURS, STAGES_NEIGHBOURS -> {
                double[][] images = part(parts, "images", file);
                yield new NeighbourScore(
                        (int) part(parts, "first", file)[0][0],
                        parts.containsKey("scale")
                                ? part(parts, "scale", file)[0]
                                : NeighbourScore.unscaled(images[0].length),
                        images);
            }
            case FISHER -> {
                part(parts, FisherScore.FIRST, file);
                yield FisherScore.of(parts, (each, own) -> of(each, own, file));
            }
            case VIRTUAL_LOGIT ->
                new VirtualLogitScore(
                        (int) part(parts, "first", file)[0][0],
                        part(parts, "centre", file)[0],
                        part(parts, "principal", file),
                        part(parts, "scale", file)[0][0]);
        };
    }

    private static double[][] part(Map<String, double[][]> parts, String name, Path file) {
        Checks.require(
                parts.containsKey(name),
                "%s has no %s: it was not fitted for this score; it has %s",
                file,
                name,
                OneLine.of(parts.keySet()));
        return Objects.requireNonNull(parts.get(name));
    }
}
