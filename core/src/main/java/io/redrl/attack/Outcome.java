package io.redrl.attack;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.jerolba.carpet.annotation.Alias;

/**
 * The outcome of an attack on one image.
 *
 * @param target the class that the attack moved towards, −1 if any but the reference label would do
 * @param cleanPrediction the victim's prediction for the clean image, −1 if no victim was asked
 * @param adversarialPrediction the victim's prediction for the image as stored, −1 if no victim was asked
 * @param successFloat whether the victim's prediction for the image, before any rounding, is {@code target}, or without one
 *     differs from the reference label
 * @param success8bit the same for the image rounded to 8 bits
 * @param linf largest change of a value, of the image as stored, in [0, 1]; of grey levels exactly, so that 8 of them are 8/255
 * @param l2 Euclidean length of the change, of the image as stored
 */
public record Outcome(
        int target,
        int cleanPrediction,
        int adversarialPrediction,
        boolean successFloat,

        @Alias("success_8bit") @JsonProperty("success-8bit") @JsonAlias("success8bit")
        boolean success8bit,

        double linf,
        double l2) {
    /** The outcome of leaving an image as it is, without asking any victim. */
    public static final Outcome NOT_ATTACKED = new Outcome(-1, -1, -1, false, false, 0, 0);

    /** Whether the image fools the victim when it is kept like this. */
    public boolean success(Storage storage) {
        return storage.eightBit() ? success8bit : successFloat;
    }
}
