package io.redrl.recognition;

import io.redrl.base.Progress;
import io.redrl.model.Classifier;
import io.redrl.model.FeatureExtractor;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * What the frozen networks make of the clean images: argmax Φ(I_c) and F(I_c), for both orientations where images are
 * mirrored. Computed once; features that would take more than half a gigabyte are computed again in each step.
 */
final class CleanTargets implements AutoCloseable {
    private static final long LARGEST_CACHE = 512L << 20;
    private static final int CHUNK = 128;

    private final Sampler pool;
    private final @Nullable FeatureExtractor extractor;
    private final Precision precision;
    /** By {@code slot + (flipped ? size : 0)}; empty without Φ. */
    private final long[] verdicts;

    private final @Nullable Tensor features;
    private final double featureUnit;

    /**
     * Computes the targets.
     *
     * @param phi the victim Φ, null if no loss needs it
     * @param extractor F, null if no loss needs it
     */
    CleanTargets(
            Sampler pool,
            RecogniserSpec spec,
            @Nullable Classifier phi,
            @Nullable FeatureExtractor extractor,
            Progress progress) {
        this.pool = pool;
        this.extractor = extractor;
        this.precision = spec.training().precision().resolved();
        int orientations = spec.training().flip() ? 2 : 1;
        verdicts = phi == null ? new long[0] : verdicts(phi, orientations, progress);
        if (extractor == null) {
            featureUnit = 1;
            features = null;
        } else {
            featureUnit = spec.losses().featureScale() == FeatureScale.RMS ? rootMeanSquare(extractor) : 1;
            features = cache(extractor, orientations, progress);
        }
    }

    private long[] verdicts(Classifier phi, int orientations, Progress progress) {
        long[] all = new long[pool.size() * orientations];
        forChunks(orientations, "victim on clean images", progress, (slots, flips, at) -> {
            long[] predicted = phi.predict(pool.clean(slots, flips));
            System.arraycopy(predicted, 0, all, at, predicted.length);
        });
        return all;
    }

    /** Over at most {@link #CHUNK} images spread over the set. */
    private double rootMeanSquare(FeatureExtractor f) {
        int count = Math.min(CHUNK, pool.size());
        long[] slots = new long[count];
        for (int i = 0; i < count; i++) {
            slots[i] = (long) i * pool.size() / count;
        }
        double rms =
                Scopes.valuedNoGrad(() -> (double) f.features(pool.clean(slots, new boolean[count]), Precision.FP32)
                        .pow(new Scalar(2.0))
                        .mean()
                        .sqrt()
                        .item_float());
        return rms > 0 ? rms : 1;
    }

    private @Nullable Tensor cache(FeatureExtractor f, int orientations, Progress progress) {
        return Scopes.valuedNoGrad(() -> {
            Tensor one = f.features(pool.clean(new long[] {0}, new boolean[1]), precision);
            long images = (long) pool.size() * orientations;
            if (one.numel() * one.element_size() * images > LARGEST_CACHE) {
                return null;
            }
            long[] shape = Tensors.shape(one);
            shape[0] = images;
            Tensor cache = torch.empty(shape, new TensorOptions(one.scalar_type()), new MemoryFormatOptional());
            forChunks(orientations, "features of clean images", progress, (slots, flips, at) -> cache.narrow(
                            0, at, slots.length)
                    .copy_(f.features(pool.clean(slots, flips), precision)));
            return Scopes.owned(cache); // not before: filling it may be stopped
        });
    }

    @FunctionalInterface
    private interface Chunk {
        void run(long[] slots, boolean[] flips, int at);
    }

    private void forChunks(int orientations, String name, Progress progress, Chunk body) {
        try (Progress.Task task = progress.start(name, (long) pool.size() * orientations, "images")) {
            for (int orientation = 0; orientation < orientations; orientation++) {
                for (int start = 0; start < pool.size(); start += CHUNK) {
                    progress.checkStopped();
                    int first = start;
                    int count = Math.min(CHUNK, pool.size() - start);
                    int at = orientation * pool.size() + start;
                    long[] slots = new long[count];
                    Arrays.setAll(slots, i -> first + i);
                    boolean[] flips = new boolean[count];
                    Arrays.fill(flips, orientation == 1);
                    Scopes.valuedNoGrad(() -> {
                        body.run(slots, flips, at);
                        return at;
                    });
                    task.advance(count);
                }
            }
        }
    }

    /** What features are divided by. */
    double featureUnit() {
        return featureUnit;
    }

    /** argmax Φ(I_c) of a step's clean images: {@code [N]} int64, caller's scope. */
    Tensor verdicts(Sampler.Draw draw) {
        long[] at = places(draw);
        for (int i = 0; i < at.length; i++) {
            at[i] = verdicts[(int) at[i]];
        }
        return Tensors.longs(at);
    }

    /** F(I_c) of a step's clean images, not divided: {@code [N, …]} without a graph, caller's scope. */
    Tensor features(Sampler.Draw draw) {
        if (extractor == null) {
            throw new IllegalStateException("no feature extractor");
        }
        FeatureExtractor f = extractor;
        return Scopes.scopedNoGrad(() -> features == null
                ? f.features(pool.clean(draw.slots(), draw.flips()), precision)
                : features.index_select(0, Tensors.longs(places(draw))));
    }

    private long[] places(Sampler.Draw draw) {
        long[] at = draw.slots().clone();
        for (int i = 0; i < at.length; i++) {
            at[i] += draw.flips()[i] ? pool.size() : 0;
        }
        return at;
    }

    @Override
    public void close() {
        if (features != null) {
            features.close();
        }
    }
}
