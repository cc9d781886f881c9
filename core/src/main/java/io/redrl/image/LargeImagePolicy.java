package io.redrl.image;

/** Policy for images that are larger than those that the recogniser learnt from. */
public enum LargeImagePolicy {
    /** They are read in tiles of that size, whose verdicts are put together. Pixels stay as they are. */
    TILES,
    /** They are scaled down to that size, unless one of their sides is shorter. Scaling wipes out most of what attacks leave. */
    SCALE
}
