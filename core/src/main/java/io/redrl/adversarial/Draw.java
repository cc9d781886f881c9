package io.redrl.adversarial;

/** Which of victims × attacks × configurations an image gets. */
public enum Draw {
    /** Every combination: the paper's test sets. */
    ALL,
    /** For each attack one victim and one configuration, drawn uniformly per image: the paper's training. */
    ONE_PER_ATTACK
}
