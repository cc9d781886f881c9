package io.redrl.data;

import io.redrl.image.ImageShape;
import java.util.Optional;

/**
 * What becomes of images whose sizes may differ.
 *
 * @param scaledTo the size that each is given; empty: they stay as they are
 * @param any whether they may differ nevertheless, for a look at what is there
 */
record Sizing(Optional<ImageShape> scaledTo, boolean any) {
    /** All must have the size of the first. */
    static final Sizing ONE = new Sizing(Optional.empty(), false);

    /** They may have any, and stay as they are: only those of the first one's size can be read. */
    static final Sizing ANY = new Sizing(Optional.empty(), true);

    /** Each is scaled. */
    static Sizing to(ImageShape shape) {
        return new Sizing(Optional.of(shape), false);
    }
}
