package io.redrl.adversarial;

import io.redrl.base.Seed;
import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/** A random linear classifier; its seed is its weights. */
record FakeVictim(String id, int classes, ImageShape input, long seed) implements Classifier {
    static FakeVictim of(String id, long seed) {
        return new FakeVictim(id, 3, ImageShape.square(4), seed);
    }

    @Override
    public Tensor logits(Tensor images) {
        return Scopes.scoped(() ->
                images.reshape(images.size(0), -1).matmul(Tensors.normal(new Seed(seed), input.values(), classes)));
    }

    @Override
    public String checksum() {
        return "weights-" + seed;
    }

    @Override
    public void close() {}
}
