package io.redrl.adversarial;

import io.redrl.attack.AttackClass;
import io.redrl.attack.Storage;

/**
 * One row of an adversarial set. Clean images of the data set are not stored: {@code index} and the data set's checksum
 * name them; rows of class clean hold what the same writer made of them.
 *
 * <p>A row of a file, so it holds its bytes as they are: do not modify {@code pixels}.
 *
 * @param index the image's index in the data set's split
 * @param label its true label; −1 if it has none, or none among the victim's classes
 * @param attack the id of its attack, or {@code clean}
 * @param victim the victim's id, or {@code none} for clean rows
 * @param config the attack's settings as one line of JSON; {@code {}} for clean rows
 * @param target the class that the attack moved towards, −1 if any but the label would do
 * @param successFloat fooled the victim before rounding
 * @param success8bit fooled the victim once rounded to 8 bits
 * @param cleanPrediction the victim's verdict on the clean image, -1 for clean rows
 * @param adversarialPrediction the victim's verdict on the image as stored, -1 for clean rows
 * @param linf largest change of a value, in [0, 1]
 * @param l2 Euclidean length of the change
 * @param height in pixels
 * @param width in pixels
 * @param storage {@code uint8} or {@code float32}
 * @param pixels C·H·W values, channel by channel: unsigned grey levels, or little-endian float32 in [0, 1]
 */
@SuppressWarnings("ArrayRecordComponent")
public record AdversarialExample(
        int index,
        int label,
        String attack,
        String victim,
        String config,
        int target,
        boolean successFloat,
        boolean success8bit,
        int cleanPrediction,
        int adversarialPrediction,
        double linf,
        double l2,
        int height,
        int width,
        String storage,
        byte[] pixels) {

    /**
     * The class that the recogniser should name.
     *
     * @throws io.redrl.base.RedrlException if the attack is none of those that it tells apart
     */
    public AttackClass attackClass() {
        return AttackClass.of(attack);
    }

    /** Whether the image as stored fools the victim. */
    public boolean success() {
        return storage.equals(StoredPixels.name(Storage.UINT8)) ? success8bit : successFloat;
    }

    /** This row without its pixels: all that statistics need, at a hundredth of the memory. */
    AdversarialExample withoutPixels() {
        return withPixels(new byte[0]);
    }

    /** This row with other pixels in the same storage; its verdicts and norms stay those of the old ones. */
    public AdversarialExample withPixels(byte[] other) {
        return new AdversarialExample(
                index,
                label,
                attack,
                victim,
                config,
                target,
                successFloat,
                success8bit,
                cleanPrediction,
                adversarialPrediction,
                linf,
                l2,
                height,
                width,
                storage,
                other);
    }
}
