package io.redrl.attack;

/** The loss that a gradient attack climbs. */
public enum Loss {
    /** Cross-entropy of the label, or minus that of the target. */
    CROSS_ENTROPY,
    /** By how much the label's logit lags behind the best other one, or the target's leads: minus Carlini and Wagner's f₆. */
    MARGIN,
    /**
     * The difference of logits ratio: the margin divided by how far the logits spread ({@link AttackLosses#dlr}). Only its
     * direction and its comparisons count, so PGD and patches may climb it too. Needs 3 classes, and targeted 4.
     */
    DLR
}
