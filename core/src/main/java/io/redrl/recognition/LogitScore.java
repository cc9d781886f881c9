package io.redrl.recognition;

import java.util.Map;

/**
 * {@link ScoreMethod#MAX_SOFTMAX} or {@link ScoreMethod#ENERGY}.
 *
 * @param temperature logits are divided by it
 * @param softmax the former
 */
record LogitScore(double temperature, boolean softmax) implements UnknownScore {
    @Override
    public double of(double[] features, double[] logits) {
        double total = Temperature.logSumExp(logits, temperature);
        if (!softmax) {
            return -total;
        }
        double greatest = Double.NEGATIVE_INFINITY;
        for (double logit : logits) {
            greatest = Math.max(greatest, logit / temperature);
        }
        return 1 - Math.exp(greatest - total);
    }

    @Override
    public int end() {
        return 0;
    }

    @Override
    public Map<String, double[][]> parts() {
        return Map.of("temperature", new double[][] {{temperature}});
    }
}
