package io.redrl.calibration;

import io.redrl.base.Checks;

/**
 * Platt scaling (Platt, "Probabilistic Outputs for Support Vector Machines", 1999): the logit of a probability as a linear function of a score.
 *
 * @param slope of the score
 * @param offset added to it
 */
public record PlattScaling(double slope, double offset) {
    private static final int STEPS = 100;
    private static final double SMOOTHING = 1e-3;

    /**
     * The scaling with the greatest likelihood, found by Newton's method; both kinds count the same, whatever their numbers, so that the logit is
     * that of equal priors. A little of a normal prior on the slope keeps it finite where a threshold parts the kinds.
     *
     * @param positive scores of positives, at least one
     * @param negative scores of negatives, at least one
     */
    public static PlattScaling fit(double[] positive, double[] negative) {
        Checks.require(
                positive.length > 0 && negative.length > 0,
                "Platt scaling needs scores of both kinds, got %d and %d",
                positive.length,
                negative.length);
        double slope = 0;
        double offset = 0;
        for (int step = 0; step < STEPS; step++) {
            double[] sums = new double[5]; // gradient (2), Hessian (3)
            add(sums, positive, 1, slope, offset);
            add(sums, negative, 0, slope, offset);
            sums[0] += SMOOTHING * slope;
            sums[2] += SMOOTHING;
            sums[4] += 1e-9;
            double determinant = sums[2] * sums[4] - sums[3] * sums[3];
            double changeOfSlope = (sums[4] * sums[0] - sums[3] * sums[1]) / determinant;
            double changeOfOffset = (sums[2] * sums[1] - sums[3] * sums[0]) / determinant;
            // damped: far from the optimum a whole step may overshoot
            double damping = Math.min(1, 2 / Math.max(Math.abs(changeOfSlope), Math.abs(changeOfOffset) / 4));
            slope -= damping * changeOfSlope;
            offset -= damping * changeOfOffset;
            if (Math.abs(changeOfSlope) + Math.abs(changeOfOffset) < 1e-10) {
                break;
            }
        }
        return new PlattScaling(slope, offset);
    }

    private static void add(double[] sums, double[] scores, double label, double slope, double offset) {
        double weight = 1.0 / scores.length;
        for (double score : scores) {
            double p = probability(slope * score + offset);
            double curvature = weight * Math.max(p * (1 - p), 1e-12);
            sums[0] += weight * (p - label) * score;
            sums[1] += weight * (p - label);
            sums[2] += curvature * score * score;
            sums[3] += curvature * score;
            sums[4] += curvature;
        }
    }

    /** The logit of the probability of a positive, where positives and negatives are as frequent. */
    public double logit(double score) {
        return slope * score + offset;
    }

    /** The probability of a positive among images of which a share {@code prior} is positive, by Bayes. */
    public double probability(double score, double prior) {
        return probability(logit(score) + Math.log(prior / (1 - prior)));
    }

    private static double probability(double logit) {
        return 1 / (1 + Math.exp(-logit));
    }
}
