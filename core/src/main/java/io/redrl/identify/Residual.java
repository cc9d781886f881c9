package io.redrl.identify;

import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import org.jspecify.annotations.Nullable;

/**
 * The estimated perturbation, in grey levels: I − G(I), and of that only what the other findings allow. G also blurs, so that at
 * the edges of objects I − G(I) is many times as large as any attack: where ε is estimated, values are cut off at ±ε, and
 * where a box was found, everything outside of it is left out.
 */
final class Residual {
    private final ImageShape shape;
    private final short[] differences;

    private Residual(ImageShape shape, short[] differences) {
        this.shape = shape;
        this.differences = differences;
    }

    /**
     * @param image I
     * @param repaired G(I)
     * @param epsilon in [0, 1], null if it is not known
     * @param box null if there is none
     */
    static Residual of(Image image, Image repaired, @Nullable Double epsilon, @Nullable Box box) {
        byte[] before = image.pixels();
        byte[] after = repaired.pixels();
        int most = epsilon == null ? 255 : Math.max(1, (int) Math.round(255 * epsilon));
        short[] differences = new short[before.length];
        for (int i = 0; i < before.length; i++) {
            int row = i / image.width() % image.height();
            if (box == null || box.contains(i % image.width(), row)) {
                int difference = (before[i] & 0xff) - (after[i] & 0xff);
                differences[i] = (short) Math.max(-most, Math.min(most, difference));
            }
        }
        return new Residual(image.shape(), differences);
    }

    Identification.Perturbation norms() {
        int largest = 0;
        double squares = 0;
        for (short difference : differences) {
            largest = Math.max(largest, Math.abs(difference));
            squares += difference * difference;
        }
        return new Identification.Perturbation(largest / 255.0, Math.sqrt(squares) / 255);
    }

    /** Magnified around grey 128. */
    Image shown(int gain) {
        byte[] shown = new byte[differences.length];
        for (int i = 0; i < shown.length; i++) {
            shown[i] = (byte) Math.max(0, Math.min(255, Image.MID_GREY + gain * differences[i]));
        }
        return new Image(shape, shown);
    }
}
