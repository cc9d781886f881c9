package io.redrl.calibration;

import io.redrl.stats.OrderStatistics;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * OOD score that combines several by Fisher's method: Σ −ln p, where p is the share of known images with as great a score. The last
 * score counts as much as the others together. Images that the scores were not fitted on tell the share; beyond the greatest tenth
 * of them it falls off exponentially.
 *
 * @param scores of each stage by itself, of the neighbours, of the logits, in this order
 * @param tails for each of them, its values on known images outside of its fit, ascending
 */
@SuppressWarnings("ArrayRecordComponent")
record FisherScore(List<OodScore> scores, double[][] tails) implements OodScore {
    private static final int APART = 3;
    private static final double NEAR = 0.9;
    private static final double FAR = 0.98;
    private static final String TAIL = "tail";

    FisherScore {
        scores = List.copyOf(scores);
    }

    /**
     * Fits the scores on two images in three, and measures their tails on the third.
     *
     * @param classes the class of each row of the activations
     * @param images which image each row was made from: rows of one image stay together
     */
    static FisherScore fit(Activations known, int[] classes, int[] images, double temperature) {
        int[] distinct = Arrays.stream(images).distinct().sorted().toArray();
        int[] apart = places(images, distinct, true);
        int[] own = distinct.length < APART ? apart : places(images, distinct, false);
        Activations fitted = known.at(own);
        int[] ownClasses = Arrays.stream(own).map(i -> classes[i]).toArray();
        List<Integer> bounds = new ArrayList<>(known.starts());
        bounds.add(known.features()[0].length);
        List<OodScore> scores = new ArrayList<>();
        for (int stage = 0; stage + 1 < bounds.size(); stage++) {
            scores.add(MahalanobisScore.fit(fitted, bounds.get(stage), bounds.get(stage + 1), ownClasses));
        }
        scores.add(NeighbourScore.fit(fitted));
        scores.add(new LogitScore(temperature, OodMethod.MAX_LOGIT));
        Activations others = known.at(apart);
        return new FisherScore(
                scores,
                scores.stream()
                        .map(score -> Arrays.stream(score.of(others)).sorted().toArray())
                        .toArray(double[][]::new));
    }

    /** Every third image, from the first on; or the others. */
    private static int[] places(int[] images, int[] distinct, boolean third) {
        return IntStream.range(0, images.length)
                .filter(i -> (Arrays.binarySearch(distinct, images[i]) % APART == 0) == third)
                .toArray();
    }

    @Override
    public Tensor of(Tensor features, Tensor logits) {
        double[] sums = new double[(int) logits.size(0)];
        for (int i = 0; i < tails.length; i++) {
            int counts = i == tails.length - 1 ? i : 1;
            double[] values = Tensors.toDoubles(scores.get(i).of(features, logits));
            for (int n = 0; n < sums.length; n++) {
                sums[n] += counts * surprise(tails[i], values[n]);
            }
        }
        return Tensors.doubles(sums, sums.length);
    }

    /** −ln of the share that is as great, the value itself counted among them. */
    static double surprise(double[] ascending, double value) {
        int size = ascending.length;
        double near = OrderStatistics.quantileOfSorted(ascending, NEAR);
        double scale = (OrderStatistics.quantileOfSorted(ascending, FAR) - near) / Math.log((1 - NEAR) / (1 - FAR));
        return value > near && scale > 0
                ? -Math.log(1 - NEAR) + (value - near) / scale
                : -Math.log((size - OrderStatistics.below(ascending, value, false) + 1.0) / (size + 1.0));
    }

    @Override
    public int featureCount() {
        return scores.stream().mapToInt(OodScore::featureCount).max().orElse(0);
    }

    @Override
    public Map<String, Tensor> parts() {
        Map<String, Tensor> parts = new LinkedHashMap<>();
        for (int i = 0; i < tails.length; i++) {
            String prefix = prefix(i);
            scores.get(i).parts().forEach((name, tensor) -> parts.put(prefix + name, tensor));
            parts.put(prefix + TAIL, Tensors.doubles(tails[i], 1, tails[i].length));
        }
        return parts;
    }

    /**
     * What {@link #parts} gave, put together again.
     *
     * @param names of all parts
     * @param parts finds one by its name, and refuses where it is missing
     */
    static FisherScore of(Set<String> names, Function<String, Tensor> parts) {
        int count = 1;
        while (names.contains(prefix(count) + TAIL)) {
            count++;
        }
        List<OodScore> scores = new ArrayList<>();
        double[][] tails = new double[count][];
        for (int i = 0; i < count; i++) {
            String prefix = prefix(i);
            Function<String, Tensor> own = name -> parts.apply(prefix + name);
            tails[i] =
                    Arrays.stream(Tensors.toDoubles(own.apply(TAIL))).sorted().toArray();
            if (i == count - 1) {
                scores.add(new LogitScore(own.apply("temperature").item_double(), OodMethod.MAX_LOGIT));
            } else {
                scores.add(i == count - 2 ? NeighbourScore.of(own) : MahalanobisScore.of(own));
            }
        }
        return new FisherScore(scores, tails);
    }

    private static String prefix(int place) {
        return (place + 1) + ".";
    }

    @Override
    public void close() {
        scores.forEach(OodScore::close);
    }
}
