package io.redrl.attack;

import io.redrl.base.Checks;

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
}
