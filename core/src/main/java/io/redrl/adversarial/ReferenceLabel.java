package io.redrl.adversarial;

/** The class that an attack moves an image away from. */
public enum ReferenceLabel {
    /** The true label. Images that the victim gets wrong are fooled before the attack starts. */
    LABEL,
    /** The victim's own prediction for the clean image: every image has to be moved, and no label is needed. */
    PREDICTION
}
