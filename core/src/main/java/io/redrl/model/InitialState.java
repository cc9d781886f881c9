package io.redrl.model;

/** The state from which the reconstructor's training starts. */
public enum InitialState {
    /** Every weight drawn at random: the output is noise at first. */
    RANDOM,
    /** Weights chosen so that the output is close to the input at first; there is still no path that copies it. */
    NEAR_IDENTITY
}
