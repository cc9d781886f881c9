package io.redrl.attack;

import io.redrl.base.Checks;
import org.bytedeco.pytorch.Tensor;

/**
 * Settings of {@link JpegAttack}, which is none: what compression alone does to an image.
 *
 * @param quality from 1 (smallest file) to 100 (best image), on the scale of the Independent JPEG Group's library
 */
public record JpegSpec(int quality) implements AttackSpec {
    /** That library's own default. */
    public static final JpegSpec DEFAULTS = new JpegSpec(75);

    /** Refuses values out of range. */
    public JpegSpec {
        Checks.inRange("quality", quality, 1, 100);
    }

    /**
     * Images after a round trip through a JPEG file.
     *
     * @param images {@code [N,C,H,W]} float32 in [0, 1], of one channel or three
     * @return the same shape, multiples of 1/255; caller's scope
     */
    public Tensor roundTrip(Tensor images) {
        return new JpegAttack(this).roundTrip(images);
    }

    @Override
    public String id() {
        return "jpeg";
    }

    @Override
    public Attack newAttack() {
        return new JpegAttack(this);
    }

    @Override
    public boolean minimalNorm() {
        return false;
    }

    @Override
    public Passes passes() {
        return new Passes("", 0, 0);
    }
}
