package io.redrl.calibration;

/** How strangeness is measured: what an {@link OodScore} is fitted as. */
public enum OodMethod {
    /** 1 − the greatest probability at the fitted temperature (Hendrycks and Gimpel, ICLR 2017): needs no fit of its own. */
    MAX_SOFTMAX("1 − max softmax"),
    /** −ln Σ exp(logits) (Liu et al., "Energy-based Out-of-distribution Detection", NeurIPS 2020). */
    ENERGY("energy"),
    /** The greatest logit, negative (Hendrycks et al., "Scaling Out-of-Distribution Detection for Real-World Settings", ICML 2022). */
    MAX_LOGIT("−max logit"),
    /**
     * The squared Mahalanobis distance to the nearest class mean, in the features that the head reads, with one covariance for
     * all classes (Lee et al., "A Simple Unified Framework for Detecting Out-of-Distribution Samples and Adversarial Attacks",
     * NeurIPS 2018).
     */
    MAHALANOBIS("Mahalanobis"),
    /** The same less the distance to the mean of everything (Ren et al., "A Simple Fix to Mahalanobis Distance", 2021). */
    RELATIVE_MAHALANOBIS("relative Mahalanobis"),
    /** {@link #MAHALANOBIS} in the channel means of all four stages, where traces are that the head need not look at. */
    STAGES_MAHALANOBIS("Mahalanobis, all stages"),
    /** The distance to the tenth nearest of at most 1,024 validation images, features scaled to length 1 (Sun et al., ICML 2022). */
    NEIGHBOURS("nearest neighbours"),
    /** The same in the channel means of all four stages, each measured in its standard deviations. */
    STAGES_NEIGHBOURS("nearest neighbours, all stages"),
    /**
     * How rare the {@link #MAHALANOBIS} distance of each stage by itself, the distance of {@link #STAGES_NEIGHBOURS} and {@link
     * #MAX_LOGIT} are among known images outside the fit, put together by Fisher's method; the logit counts as much as the others.
     */
    FISHER("stages, neighbours and logit together"),
    /**
     * What the principal directions of the features leave over, scaled to compete with the logits (Wang et al., "ViM:
     * Out-Of-Distribution with Virtual-logit Matching", CVPR 2022). Departure: features are centred at their mean, since our
     * head is not one linear layer whose bias would say where to centre.
     */
    VIRTUAL_LOGIT("ViM");

    private final String label;

    OodMethod(String label) {
        this.label = label;
    }

    /** Its name in tables. */
    public String label() {
        return label;
    }
}
