package io.redrl.calibration;

import io.redrl.attack.AttackClass;
import io.redrl.stats.OrderStatistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Several scores put together by Fisher's method: Σ −ln p, where p is the share of known images that have as great a score. The
 * last score counts as much as the others together. Images that the scores were not fitted on tell the share; beyond the
 * greatest tenth of them it falls off exponentially.
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

    /** The name of a part that there always is. */
    static final String FIRST = prefix(0) + TAIL;

    FisherScore {
        scores = List.copyOf(scores);
    }

    /**
     * Fits the scores on two images in three, and measures their tails on the third.
     *
     * @param images which image each row of the trace was made from: rows of one image stay together
     */
    static FisherScore fit(Activations known, int[] classes, int[] images, double temperature) {
        int[] distinct = Arrays.stream(images).distinct().sorted().toArray();
        int[] apart = places(images, distinct, true);
        int[] own = distinct.length < APART ? apart : places(images, distinct, false);
        Activations fitted = known.at(own);
        int[] ownClasses = Arrays.stream(own).map(i -> classes[i]).toArray();
        int count = AttackClass.values().length;
        List<Integer> starts = known.starts();
        int end = known.features()[0].length;
        List<OodScore> scores = new ArrayList<>();
        for (int i = 0; i < starts.size(); i++) {
            int next = i + 1 < starts.size() ? starts.get(i + 1) : end;
            scores.add(MahalanobisScore.fit(fitted.features(), starts.get(i), next, ownClasses, count, false));
        }
        scores.add(NeighbourScore.fit(fitted, 0, true));
        scores.add(new LogitScore(temperature, OodMethod.MAX_LOGIT));
        double[][] tails = new double[scores.size()][];
        for (int i = 0; i < tails.length; i++) {
            tails[i] = scores.get(i).of(known.at(apart));
            Arrays.sort(tails[i]);
        }
        return new FisherScore(scores, tails);
    }

    /** Every third image, from the first on; or the others. */
    private static int[] places(int[] images, int[] distinct, boolean third) {
        return IntStream.range(0, images.length)
                .filter(i -> (Arrays.binarySearch(distinct, images[i]) % APART == 0) == third)
                .toArray();
    }

    @Override
    public double of(double[] features, double[] logits) {
        double sum = 0;
        for (int i = 0; i < tails.length; i++) {
            int counts = i == tails.length - 1 ? i : 1;
            sum += counts * surprise(tails[i], scores.get(i).of(features, logits));
        }
        return sum;
    }

    /** −ln of the share that is as great, the value itself counted among them. */
    static double surprise(double[] ascending, double value) {
        int size = ascending.length;
        double near = OrderStatistics.quantileOfSorted(ascending, NEAR);
        double scale = (OrderStatistics.quantileOfSorted(ascending, FAR) - near) / Math.log((1 - NEAR) / (1 - FAR));
        if (value > near && scale > 0) {
            return -Math.log(1 - NEAR) + (value - near) / scale;
        }
        int below = 0;
        for (int high = size; below < high; ) {
            int middle = (below + high) >>> 1;
            if (ascending[middle] < value) {
                below = middle + 1;
            } else {
                high = middle;
            }
        }
        return -Math.log((size - below + 1.0) / (size + 1.0));
    }

    @Override
    public int end() {
        return scores.stream().mapToInt(OodScore::end).max().orElse(0);
    }

    @Override
    public Map<String, double[][]> parts() {
        Map<String, double[][]> parts = new LinkedHashMap<>();
        for (int i = 0; i < tails.length; i++) {
            String prefix = prefix(i);
            scores.get(i).parts().forEach((name, rows) -> parts.put(prefix + name, rows));
            parts.put(prefix + TAIL, new double[][] {tails[i]});
        }
        return parts;
    }

    /**
     * What {@link #parts} gave, put together again.
     *
     * @param reader reads one of the scores from its own parts
     */
    static FisherScore of(Map<String, double[][]> parts, Reader reader) {
        int count = (int) IntStream.iterate(0, i -> i + 1)
                .takeWhile(i -> parts.containsKey(prefix(i) + TAIL))
                .count();
        List<OodScore> scores = new ArrayList<>();
        double[][] tails = new double[count][];
        for (int i = 0; i < count; i++) {
            String prefix = prefix(i);
            Map<String, double[][]> own = new LinkedHashMap<>();
            parts.forEach((name, rows) -> {
                if (name.startsWith(prefix)) {
                    own.put(name.substring(prefix.length()), rows);
                }
            });
            scores.add(reader.read(method(i, count), own));
            tails[i] = Objects.requireNonNull(own.get(TAIL))[0].clone();
            Arrays.sort(tails[i]);
        }
        return new FisherScore(scores, tails);
    }

    private static OodMethod method(int place, int count) {
        if (place == count - 1) {
            return OodMethod.MAX_LOGIT;
        }
        return place == count - 2 ? OodMethod.STAGES_NEIGHBOURS : OodMethod.MAHALANOBIS;
    }

    /** Reads a score. */
    @FunctionalInterface
    interface Reader {
        OodScore read(OodMethod method, Map<String, double[][]> parts);
    }

    private static String prefix(int place) {
        return (place + 1) + ".";
    }
}
