package io.redrl.adversarial;

/** A sampling policy: which of victims × attacks × configurations an image gets. */
public enum SamplingPolicy {
    /** Every combination: the paper's test sets. */
    ALL,
    /** For each attack one victim and one configuration, drawn uniformly per image. Each epoch of a training shows the same ones. */
    ONE_PER_ATTACK,
    /**
     * For each image one victim, which every attack is made against, and for each attack one configuration. Leaving a victim
     * out of such a set leaves whole images out: the rest still has every class for every image.
     */
    ONE_VICTIM,
    /**
     * For each attack several pairs of victim and configuration, drawn without repetition per image, of which a training draws one anew
     * whenever it shows the image: the paper's training, whose published code draws (attack, victim, configuration) in every epoch. With as
     * many as there are it is {@link #ALL}, and the paper's to the letter.
     */
    FRESH
}
