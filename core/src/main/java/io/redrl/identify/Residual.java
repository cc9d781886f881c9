package io.redrl.identify;

import io.redrl.image.Image;
import org.jspecify.annotations.Nullable;

/**
 * Estimated perturbation: I − G(I), both as 8-bit images, and of that only what the other findings allow. G also blurs, so that at the
 * edges of objects I − G(I) is many times as large as any attack: where ε is estimated, values are cut off at ±ε, and where a box was
 * found, everything outside of it is left out.
 *
 * @param linf its largest value, pixels in [0, 1]
 * @param l2 its Euclidean norm, pixels in [0, 1]
 * @param magnified for people, around {@link Image#MID_GREY}
 */
public record Residual(double linf, double l2, Image magnified) {
    /**
     * The residual of an image.
     *
     * @param repaired G(I)
     * @param epsilon in [0, 1], null if it is not known
     * @param box in pixels of the image, null if there is none
     * @param gain how many times it is magnified for people
     */
    static Residual of(Image image, Image repaired, @Nullable Double epsilon, @Nullable Box box, int gain) {
        int most = epsilon == null ? 255 : Math.max(1, (int) Math.round(255 * epsilon));
        byte[] before = image.pixels();
        byte[] after = repaired.pixels();
        byte[] magnified = new byte[before.length];
        int largest = 0;
        double squares = 0;
        for (int i = 0; i < before.length; i++) {
            int difference = 0;
            if (box == null || box.contains(i % image.width(), i / image.width() % image.height())) {
                difference = Math.max(-most, Math.min(most, (before[i] & 0xff) - (after[i] & 0xff)));
            }
            largest = Math.max(largest, Math.abs(difference));
            squares += difference * difference;
            magnified[i] = (byte) Math.max(0, Math.min(255, Image.MID_GREY + gain * difference));
        }
        return new Residual(largest / 255.0, Math.sqrt(squares) / 255, new Image(image.shape(), magnified));
    }
}
