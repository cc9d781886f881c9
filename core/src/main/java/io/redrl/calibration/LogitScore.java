package io.redrl.calibration;

import java.util.Map;

/**
 * A score of the logits alone.
 *
 * @param temperature logits are divided by it
 * @param method {@link OodMethod#MAX_SOFTMAX}, {@link OodMethod#ENERGY} or {@link OodMethod#MAX_LOGIT}
 */
record LogitScore(double temperature, OodMethod method) implements OodScore {
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
