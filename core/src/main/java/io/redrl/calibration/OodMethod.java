package io.redrl.calibration;

/** Method of an out-of-distribution score: what an {@link OodScore} is fitted as. */
public enum OodMethod {
    /** 1 − the greatest probability at the fitted temperature (Hendrycks and Gimpel, ICLR 2017): needs no fit of its own. */
    MAX_SOFTMAX("1 − max softmax"),
    /** The greatest logit, negative (Hendrycks et al., "Scaling Out-of-Distribution Detection for Real-World Settings", ICML 2022). */
    MAX_LOGIT("−max logit"),
    /**
     * The distance to the tenth nearest of at most 1,024 validation images (Sun et al., "Out-of-Distribution Detection with Deep
     * Nearest Neighbors", ICML 2022), in the channel means of all four stages, each measured in its standard deviations.
     */
    NEIGHBOURS("nearest neighbours"),
    /**
     * Fisher's method over the Mahalanobis distance of each stage by itself, {@link #NEIGHBOURS} and {@link #MAX_LOGIT}: how rare each
     * is among known images outside the fit; the logit counts as much as the others together.
     */
    FISHER("stages, neighbours and logit together");

    private final String label;

    OodMethod(String label) {
        this.label = label;
    }

    /** Its name in tables. */
    public String label() {
        return label;
    }
}
