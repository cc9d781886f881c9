package io.redrl.model;

import io.redrl.image.ImageShape;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A classifier that answers in full precision as another one does, but for what a subclass changes; closes nothing. */
public abstract class ForwardingClassifier implements Classifier {
    private final Classifier classifier;

    /** @param classifier stays the caller's */
    protected ForwardingClassifier(Classifier classifier) {
        this.classifier = classifier;
    }

    @Override
    public final String id() {
        return classifier.id();
    }

    @Override
    public final int classes() {
        return classifier.classes();
    }

    @Override
    public final List<String> classNames() {
        return classifier.classNames();
    }

    @Override
    public final List<String> remarks() {
        return classifier.remarks();
    }

    @Override
    public final ImageShape input() {
        return classifier.input();
    }

    @Override
    public Tensor logits(Tensor images) {
        return classifier.logits(images);
    }

    @Override
    public final String checksum() {
        return classifier.checksum();
    }

    @Override
    public void close() {}
}
