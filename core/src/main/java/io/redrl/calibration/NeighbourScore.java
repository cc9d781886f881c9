package io.redrl.calibration;

import io.redrl.base.Seed;
import io.redrl.stats.OrderStatistics;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Squared distance to the k-th nearest of the images that it was fitted on, features divided by their standard deviations and
 * scaled to length 1: {@link OodMethod#NEIGHBOURS}.
 *
 * @param scale what each of the F features is multiplied with first, {@code [1,F]} float64
 * @param images features of known images, scaled, {@code [M,F]} float64 of length 1
 */
record NeighbourScore(Tensor scale, Tensor images) implements OodScore {
    private static final int NEIGHBOUR = 10;
    private static final int MOST = 1024;

    /** Of the features' median deviation. */
    private static final double LEAST_DEVIATION = 1e-3;

    NeighbourScore {
        Scopes.owned(scale);
        Scopes.owned(images);
    }

    static NeighbourScore fit(Activations known) {
        return Scopes.valuedNoGrad(() -> {
            Tensor features = known.featureMatrix();
            double[] deviations = Tensors.toDoubles(features.std(new long[] {0}, false));
            // Features that hardly move count nothing: where one of them does, it would drown out all others.
            double least = LEAST_DEVIATION * OrderStatistics.quantile(deviations, 0.5);
            double[] factors =
                    Arrays.stream(deviations).map(d -> d > least ? 1 / d : 0).toArray();
            Tensor scale = Tensors.doubles(factors, 1, factors.length);
            // Enough of them: the file goes with the recogniser, and every image is compared with each. Drawn, because
            // rows
            // come in the order of their classes.
            int[] drawn = Seed.permutation(known.size(), new SplittableRandom(known.size()));
            long[] kept = Arrays.stream(drawn).limit(MOST).asLongStream().toArray();
            return new NeighbourScore(scale, unit(features.index_select(0, Tensors.longs(kept)), scale));
        });
    }

    static NeighbourScore of(Function<String, Tensor> parts) {
        return new NeighbourScore(parts.apply("scale"), parts.apply("images"));
    }

    private static Tensor unit(Tensor features, Tensor scale) {
        Tensor own = features.mul(scale);
        Tensor length = own.norm(Tensors.scalar(2), new long[] {1}, true);
        return own.div(length.clamp_min(new Scalar(Double.MIN_NORMAL)));
    }

    @Override
    public Tensor of(Tensor features, Tensor logits) {
        LongOptional withoutProducts = new LongOptional(MahalanobisScore.WITHOUT_PRODUCTS);
        Tensor distances = torch.cdist(unit(features, scale), images, 2, withoutProducts); // [N,M]
        return distances
                .kthvalue(Math.min(NEIGHBOUR, images.size(0)), 1, false)
                .get0()
                .square();
    }

    @Override
    public int featureCount() {
        return (int) scale.size(1);
    }

    @Override
    public Map<String, Tensor> parts() {
        return Map.of("scale", scale, "images", images);
    }

    @Override
    public void close() {
        scale.close();
        images.close();
    }
}
