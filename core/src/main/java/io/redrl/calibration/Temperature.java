package io.redrl.calibration;

import io.redrl.base.Checks;

/**
 * Temperature scaling (Guo et al., "On Calibration of Modern Neural Networks", ICML 2017): logits divided by one number, which
 * changes the confidence of a prediction and never its class.
 */
public final class Temperature {
    private static final double LOWEST = 0.02;
    private static final double HIGHEST = 50;
    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
    private static final int STEPS = 80;

    private Temperature() {}

    /**
     * The temperature in [0.02, 50] with the smallest negative log-likelihood, which is convex in 1/T: found by golden section.
     *
     * @param logits {@code [N][K]}, at least one row
     * @param classes the true class of each row
     */
    public static double fit(double[][] logits, int[] classes) {
        Checks.require(logits.length > 0, "a temperature is fitted on validation images, got none");
        double low = 1 / HIGHEST;
        double high = 1 / LOWEST;
        double a = high - GOLDEN * (high - low);
        double b = low + GOLDEN * (high - low);
        double atA = negativeLogLikelihood(logits, classes, 1 / a);
        double atB = negativeLogLikelihood(logits, classes, 1 / b);
        for (int step = 0; step < STEPS; step++) {
            if (atA <= atB) {
                high = b;
                b = a;
                atB = atA;
                a = high - GOLDEN * (high - low);
                atA = negativeLogLikelihood(logits, classes, 1 / a);
            } else {
                low = a;
                a = b;
                atA = atB;
                b = low + GOLDEN * (high - low);
                atB = negativeLogLikelihood(logits, classes, 1 / b);
            }
        }
        return 2 / (low + high);
    }

    /** The mean over rows of −ln p(true class) at a temperature. */
    public static double negativeLogLikelihood(double[][] logits, int[] classes, double temperature) {
        Checks.require(logits.length == classes.length, "%d rows have %d true classes", logits.length, classes.length);
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            sum += logSumExp(logits[i], temperature) - logits[i][classes[i]] / temperature;
        }
        return sum / logits.length;
    }

    /** Softmax of logits divided by the temperature; the sum is 1. */
    public static double[] softmax(double[] logits, double temperature) {
        double total = logSumExp(logits, temperature);
        double[] shares = new double[logits.length];
        for (int k = 0; k < shares.length; k++) {
            shares[k] = Math.exp(logits[k] / temperature - total);
        }
        return shares;
    }

    /** ln Σ exp(logits / T), without overflow. */
    static double logSumExp(double[] logits, double temperature) {
        double greatest = Double.NEGATIVE_INFINITY;
        for (double logit : logits) {
            greatest = Math.max(greatest, logit / temperature);
        }
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit / temperature - greatest);
        }
        return greatest + Math.log(sum);
    }
}
