package io.redrl.testing;

import io.redrl.base.Seed;
import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/** A classifier made of a function from images to logits, which computes in the images' own precision. */
public record FunctionVictim(String id, int classes, ImageShape input, String checksum, UnaryOperator<Tensor> body)
        implements Classifier {
    public FunctionVictim(int classes, ImageShape input, UnaryOperator<Tensor> body) {
        this("tiny", classes, input, "none", body);
    }

    /** A random linear one; its seed is its weights. */
    public static FunctionVictim linear(String id, int classes, ImageShape input, long seed) {
        return new FunctionVictim(id, classes, input, "weights-" + seed, x -> x.flatten(1, -1)
                .matmul(Tensors.normal(new Seed(seed), input.values(), classes)));
    }

    @Override
    public Tensor logits(Tensor images) {
        return Scopes.scoped(() -> body.apply(images));
    }

    @Override
    public void close() {}
}
