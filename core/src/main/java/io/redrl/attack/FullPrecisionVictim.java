package io.redrl.attack;

import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import org.bytedeco.pytorch.Tensor;

/** A victim without drafts: every question is answered in full precision. Closing it is left to the victim's owner. */
record FullPrecisionVictim(Classifier victim) implements Classifier {
    @Override
    public String id() {
        return victim.id();
    }

    @Override
    public int classes() {
        return victim.classes();
    }

    @Override
    public ImageShape input() {
        return victim.input();
    }

    @Override
    public Tensor logits(Tensor images) {
        return victim.logits(images);
    }

    @Override
    public String checksum() {
        return victim.checksum();
    }

    @Override
    public void close() {}
}
