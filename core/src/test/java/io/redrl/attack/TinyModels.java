package io.redrl.attack;

import io.redrl.base.Seed;
import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import io.redrl.testing.FunctionVictim;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Victims small enough to know the answer: they compute in the images' own precision. */
final class TinyModels {
    private TinyModels() {}

    /** {@code z = W·x + b}; the weights live as long as the tests. */
    static FunctionVictim linear(ImageShape input, double[][] weights, double... bias) {
        double[] flat = Arrays.stream(weights).flatMapToDouble(Arrays::stream).toArray();
        Tensor w = Scopes.owned(Tensor.create(flat, weights.length, input.values()));
        Tensor b = Scopes.owned(Tensor.create(bias, bias.length));
        return new FunctionVictim(weights.length, input, x -> x.flatten(1, -1)
                .matmul(w.to(x.scalar_type()).t())
                .add(b.to(x.scalar_type())));
    }

    /** A linear classifier with weights drawn from a seed, whose logits are of order {@code scale}. */
    static FunctionVictim randomLinear(ImageShape input, int classes, double scale, long seed) {
        var random = new Seed(seed).random();
        double[][] weights = new double[classes][input.values()];
        for (double[] row : weights) {
            Arrays.setAll(row, i -> scale * (random.nextDouble() - 0.5));
        }
        return linear(input, weights, new double[classes]);
    }

    /** Convolution, tanh, average pooling, linear: smooth, with 5 classes and 8×8 images. */
    static FunctionVictim conv() {
        Tensor first = owned("first", 6, 3, 3, 3);
        Tensor second = owned("second", 5, 6 * 16);
        return new FunctionVictim(5, ImageShape.square(8), x -> {
            Tensor h = torch.conv2d(x.sub(new Scalar(0.5)), first.to(x.scalar_type()))
                    .mul(new Scalar(3.0))
                    .tanh();
            h = h.narrow(2, 0, 4).narrow(3, 0, 4).add(h.narrow(2, 2, 4).narrow(3, 2, 4)); // [N,6,4,4]
            return h.flatten(1, -1).matmul(second.to(x.scalar_type()).t());
        });
    }

    private static Tensor owned(String name, long... shape) {
        return Scopes.owned(Scopes.valued(() ->
                Scopes.owned(Tensors.normal(new Seed(5).child(name), shape).to(ScalarType.Double))));
    }

    /** Images with every value in {@code [low, high)}, in double precision, in the caller's scope. */
    static Tensor images(long seed, double low, double high, int n, ImageShape shape) {
        return Tensors.uniform(new Seed(seed), n, shape.channels(), shape.height(), shape.width())
                .to(ScalarType.Double)
                .mul(new Scalar(high - low))
                .add(new Scalar(low));
    }

    /** A batch with ids 0, 1, 2, … and the victim's own verdicts as labels. */
    static AttackBatch batch(Classifier victim, Tensor images) {
        long n = images.size(0);
        return new AttackBatch(
                images, victim.predict(images), LongStream.range(0, n).toArray(), new Seed(7));
    }

    /** The values of a tensor as doubles, in row-major order. */
    static double[] values(Tensor tensor) {
        return Scopes.valued(() -> Tensors.toDoubles(tensor.flatten()));
    }

    /** The same as a list. */
    static List<Double> list(Tensor tensor) {
        return Arrays.stream(values(tensor)).boxed().toList();
    }

    /** The largest absolute difference of two tensors. */
    static double distance(Tensor a, Tensor b) {
        return Scopes.valued(() -> a.sub(b).abs().max().item_double());
    }

    /** How many pixels of each image differ, in any channel. */
    static List<Long> changedPixels(Tensor a, Tensor b) {
        return Scopes.valued(() -> Arrays.stream(Tensors.toLongs(a.sub(b)
                        .abs()
                        .amax(new long[] {1}, false)
                        .gt(new Scalar(0.0))
                        .sum(1, 2)))
                .boxed()
                .toList());
    }

    /** Whether two tensors hold the same bits. */
    static boolean same(Tensor a, Tensor b) {
        return a.equal(b);
    }
}
