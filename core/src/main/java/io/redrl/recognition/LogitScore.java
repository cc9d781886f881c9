package io.redrl.recognition;

import java.util.Map;

/**
 * A score of the logits alone.
 *
 * @param temperature logits are divided by it
 * @param method {@link ScoreMethod#MAX_SOFTMAX}, {@link ScoreMethod#ENERGY} or {@link ScoreMethod#MAX_LOGIT}
 */
record LogitScore(double temperature, ScoreMethod method) implements UnknownScore {
    @Override
    public double of(double[] features, double[] logits) {
        double greatest = Double.NEGATIVE_INFINITY;
        for (double logit : logits) {
            greatest = Math.max(greatest, logit / temperature);
        }
        return switch (method) {
            case MAX_LOGIT -> -greatest;
            case ENERGY -> -Temperature.logSumExp(logits, temperature);
            default -> 1 - Math.exp(greatest - Temperature.logSumExp(logits, temperature));
        };
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
