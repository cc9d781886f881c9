package io.redrl.recognition;

import io.redrl.attack.AttackClass;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Several scores added up, each less its median and in units of its spread over the images that it was fitted on.
 *
 * @param scores what is added up
 * @param medians one per score
 * @param weights one per score: how much it counts, over its spread
 */
@SuppressWarnings("ArrayRecordComponent")
record TogetherScore(List<UnknownScore> scores, double[] medians, double[] weights) implements UnknownScore {
    /** From the median to here is one standard deviation, were scores normal. */
    private static final double ONE_DEVIATION = 0.8413;

    TogetherScore {
        scores = List.copyOf(scores);
    }

    static TogetherScore fit(Trace known, int[] classes) {
        int count = AttackClass.values().length;
        List<Integer> starts = known.starts();
        int end = known.features()[0].length;
        List<UnknownScore> scores = new ArrayList<>();
        for (int i = 0; i < starts.size(); i++) {
            int next = i + 1 < starts.size() ? starts.get(i + 1) : end;
            scores.add(MahalanobisScore.fit(known.features(), starts.get(i), next, classes, count, false));
        }
        scores.add(NeighbourScore.fit(known, 0, true));
        double[] medians = new double[scores.size()];
        double[] weights = new double[scores.size()];
        for (int i = 0; i < medians.length; i++) {
            double[] own = scores.get(i).of(known);
            medians[i] = CalibrationFit.quantile(own, 0.5);
            double spread = CalibrationFit.quantile(own, ONE_DEVIATION) - medians[i];
            double counts = i == medians.length - 1 ? medians.length - 1 : 1;
            weights[i] = spread > 0 ? counts / spread : 0;
        }
        return new TogetherScore(scores, medians, weights);
    }

    @Override
    public double of(double[] features, double[] logits) {
        double sum = 0;
        for (int i = 0; i < medians.length; i++) {
            sum += weights[i] * (scores.get(i).of(features, logits) - medians[i]);
        }
        return sum;
    }

    @Override
    public int end() {
        return scores.stream().mapToInt(UnknownScore::end).max().orElse(0);
    }

    @Override
    public Map<String, double[][]> parts() {
        Map<String, double[][]> parts = new LinkedHashMap<>();
        for (int i = 0; i < medians.length; i++) {
            String prefix = prefix(i, i == medians.length - 1);
            scores.get(i).parts().forEach((name, rows) -> parts.put(prefix + name, rows));
        }
        parts.put("medians", new double[][] {medians});
        parts.put("weights", new double[][] {weights});
        return parts;
    }

    /** The names of a score's parts begin with this. */
    static String prefix(int place, boolean last) {
        return last ? "neighbours." : "stage" + (place + 1) + ".";
    }

    /** Those of some parts whose names begin with a prefix, without it. */
    static Map<String, double[][]> partsOf(Map<String, double[][]> parts, String prefix) {
        Map<String, double[][]> own = new LinkedHashMap<>();
        parts.forEach((name, rows) -> {
            if (name.startsWith(prefix)) {
                own.put(name.substring(prefix.length()), rows);
            }
        });
        return own;
    }
}
