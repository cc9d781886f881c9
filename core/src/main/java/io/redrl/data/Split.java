package io.redrl.data;

/** The part of a data set: images to learn from, or images that no training sees. */
public enum Split {
    /** Images to learn from. */
    TRAIN,
    /** Images that no training sees; Tiny ImageNet's validation images, whose test labels are not public. */
    TEST
}
