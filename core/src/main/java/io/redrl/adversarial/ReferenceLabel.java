package io.redrl.adversarial;

import io.redrl.attack.AttackClass;

/** The class that an attack moves an image away from. */
public enum ReferenceLabel {
    /** The true label. Images that the victim gets wrong are fooled before the attack starts. */
    LABEL,
    /** The victim's own prediction for the clean image: every image has to be moved, and no label is needed. */
    PREDICTION;

    /**
     * Whether a row of a set whose attacks move away from this is an example of what its attack does. It is none where the stored image is
     * the clean one, and none where the victim had the image wrong before, so that an attack away from the label had nothing to do. Clean
     * rows always are.
     */
    public boolean isExample(AdversarialExample row) {
        if (row.attack().equals(AttackClass.CLEAN.id())) {
            return true;
        }
        boolean wrongBefore = this == LABEL
                && row.outcome().target() < 0
                && row.label() >= 0
                && row.outcome().cleanPrediction() != row.label();
        return row.outcome().linf() > 0 && !wrongBefore;
    }
}
