package io.redrl.adversarial;

import com.jerolba.carpet.annotation.NotNull;
import io.redrl.attack.AttackClass;
import io.redrl.attack.Outcome;

/**
 * An adversarial example: one row of an adversarial set, and of the Parquet files that hold it. Clean images of the data
 * set are not stored: {@code index} and the data set's checksum name them; rows of class clean hold what the same writer
 * made of them.
 *
 * @param index the image's index in the data set's split
 * @param file the image's name in the data set: of a folder's the path of its file below the folder. Empty if the set's maker did not
 *     know it, as version 0.1 did not
 * @param label its true label; −1 if it has none, or none among the victim's classes
 * @param className the name of what it shows, as the data set has it; empty if nobody has labelled it
 * @param attack the id of its attack, or {@code clean}
 * @param victim the victim's id, or {@code none} for clean rows
 * @param config the attack's settings as one line of JSON; {@code {}} for clean rows
 * @param outcome what the attack achieved; for clean rows {@link Outcome#NOT_ATTACKED}
 * @param image the image
 */
public record AdversarialExample(
        int index,
        @NotNull String file,
        int label,
        @NotNull String className,
        @NotNull String attack,
        @NotNull String victim,
        @NotNull String config,
        @NotNull Outcome outcome,
        @NotNull StoredImage image) {

    /** Interns the names, because a set repeats a few dozen of them in every row. */
    public AdversarialExample {
        className = className.intern();
        attack = attack.intern();
        victim = victim.intern();
        config = config.intern();
    }

    /** An example of an image without names. */
    public AdversarialExample(
            int index, int label, String attack, String victim, String config, Outcome outcome, StoredImage image) {
        this(index, "", label, "", attack, victim, config, outcome, image);
    }

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
        return outcome.success(image.storage());
    }

    /** The image's pixels as they are stored; not to be written into. */
    public byte[] pixels() {
        return image.bytes();
    }

    /** This row without its pixels. */
    AdversarialExample withoutPixels() {
        return with(image.withoutPixels());
    }

    /** This row with other pixels in the same storage; its outcome stays that of the old ones. */
    public AdversarialExample withPixels(byte[] other) {
        return with(StoredImage.of(image.height(), image.width(), image.storage(), other));
    }

    private AdversarialExample with(StoredImage other) {
        return new AdversarialExample(index, file, label, className, attack, victim, config, outcome, other);
    }
}
