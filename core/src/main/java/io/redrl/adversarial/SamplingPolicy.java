package io.redrl.adversarial;

/** A sampling policy: which of victims × attacks × configurations an image gets. */
public enum SamplingPolicy {
    /** Every combination: the paper's test sets. */
    ALL,
    /** For each attack one victim and one configuration, drawn uniformly per image: the paper's training. */
    ONE_PER_ATTACK,
    /**
     * For each image one victim, which every attack is made against, and for each attack one configuration. Leaving a victim
     * out of such a set leaves whole images out: the rest still has every class for every image.
     */
    ONE_VICTIM
}
