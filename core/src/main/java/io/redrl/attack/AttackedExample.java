package io.redrl.attack;

/**
 * What an attack did to one image.
 *
 * @param id the image's id in the batch: its data-set index
 * @param label the class that the attack moved away from
 * @param target the class that the attack moved towards, −1 if any but the label would do
 * @param cleanPrediction the victim's verdict on the clean image
 * @param adversarialPrediction the victim's verdict on the image as stored
 * @param successFloat whether the victim's verdict on the image, before any rounding, is {@code target}, or without one
 *     differs from {@code label}
 * @param success8bit the same for the image rounded to 8 bits
 * @param linf largest change of a value, of the image as stored, in [0, 1]
 * @param l2 Euclidean length of the change, of the image as stored
 */
public record AttackedExample(
        long id,
        long label,
        long target,
        long cleanPrediction,
        long adversarialPrediction,
        boolean successFloat,
        boolean success8bit,
        double linf,
        double l2) {}
