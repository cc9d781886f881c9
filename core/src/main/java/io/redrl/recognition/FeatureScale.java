package io.redrl.recognition;

/** The unit of the features in L_F. */
public enum FeatureScale {
    /**
     * Features are divided by their root mean square over clean training images, so that the same weight suits any
     * extractor: those of an ImageNet-trained VGG are in the hundreds.
     */
    RMS,
    /** Features as they are. */
    NONE
}
