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

    private final TrainingImages images;
    private final @Nullable FeatureExtractor extractor;
    private final Precision precision;
    /** Of each image, then of each image mirrored; empty without Φ. */
    private final long[] predictions;

    private final @Nullable Tensor features;
    private final double featureUnit;

    /**
     * Computes the targets.
     *
     * @param phi the victim Φ, null if no loss needs it
     * @param extractor F, null if no loss needs it
     */
    CleanTargets(
            TrainingImages images,
            RecogniserSpec spec,
            @Nullable Classifier phi,
            @Nullable FeatureExtractor extractor,
            Progress progress) {
        this.images = images;
        this.extractor = extractor;
        this.precision = spec.training().precision().resolved();
        int orientations = spec.training().flip() ? 2 : 1;
        predictions = phi == null ? new long[0] : predictions(phi, orientations, progress);
        if (extractor == null) {
            featureUnit = 1;
            features = null;
        } else {
            featureUnit = spec.losses().featureScale() == FeatureScale.RMS ? rootMeanSquare(extractor) : 1;
            features = cache(extractor, orientations, progress);
        }
    }

    private long[] predictions(Classifier phi, int orientations, Progress progress) {
        long[] all = new long[images.size() * orientations];
        forChunks(orientations, "victim on clean images", progress, (places, mirrored, at) -> {
            long[] predicted = phi.predict(images.clean(places, mirrored));
            System.arraycopy(predicted, 0, all, at, predicted.length);
        });
        return all;
    }

    /** Over at most {@link #CHUNK} images spread over the set. */
    private double rootMeanSquare(FeatureExtractor f) {
        int count = Math.min(CHUNK, images.size());
        int[] places = new int[count];
        for (int i = 0; i < count; i++) {
            places[i] = (int) ((long) i * images.size() / count);
        }
        double rms =
                Scopes.valuedNoGrad(() -> (double) f.features(images.clean(places, new boolean[count]), Precision.FP32)
                        .pow(new Scalar(2.0))
                        .mean()
                        .sqrt()
                        .item_float());
        return rms > 0 ? rms : 1;
    }

    private @Nullable Tensor cache(FeatureExtractor f, int orientations, Progress progress) {
        return Scopes.valuedNoGrad(() -> {
            Tensor one = f.features(images.clean(new int[] {0}, new boolean[1]), precision);
            long all = (long) images.size() * orientations;
            if (one.numel() * one.element_size() * all > LARGEST_CACHE) {
                return null;
            }
            long[] shape = Tensors.shape(one);
            shape[0] = all;
            Tensor cache = torch.empty(shape, new TensorOptions(one.scalar_type()), new MemoryFormatOptional());
            forChunks(orientations, "features of clean images", progress, (places, mirrored, at) -> cache.narrow(
                            0, at, places.length)
                    .copy_(f.features(images.clean(places, mirrored), precision)));
            return Scopes.owned(cache); // not before: filling it may be stopped
        });
    }

    @FunctionalInterface
    private interface Chunk {
        void run(int[] places, boolean[] mirrored, int at);
    }

    private void forChunks(int orientations, String name, Progress progress, Chunk body) {
        try (Progress.Task task = progress.start(name, (long) images.size() * orientations, "images")) {
            for (int orientation = 0; orientation < orientations; orientation++) {
                for (int start = 0; start < images.size(); start += CHUNK) {
                    progress.checkStopped();
                    int first = start;
                    int count = Math.min(CHUNK, images.size() - start);
                    int at = orientation * images.size() + start;
                    int[] places = new int[count];
                    Arrays.setAll(places, i -> first + i);
                    boolean[] mirrored = new boolean[count];
                    Arrays.fill(mirrored, orientation == 1);
                    Scopes.valuedNoGrad(() -> {
                        body.run(places, mirrored, at);
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

    /** argmax Φ(I_c) of a batch's clean images: {@code [N]} int64, caller's scope. */
    Tensor predictions(Batch batch) {
        return Tensors.longs(
                Arrays.stream(entries(batch)).map(at -> predictions[(int) at]).toArray());
    }

    /** F(I_c) of a batch's clean images, not divided: {@code [N, …]} without a graph, caller's scope. */
    Tensor features(Batch batch) {
        if (extractor == null) {
            throw new IllegalStateException("no feature extractor");
        }
        FeatureExtractor f = extractor;
        return Scopes.scopedNoGrad(() -> features == null
                ? f.features(images.clean(batch.images(), batch.mirrored()), precision)
                : Tensors.picked(features, entries(batch)));
    }

    /** Where the targets of a batch's examples are: mirrored images come after all the others. */
    private long[] entries(Batch batch) {
        long[] at = new long[batch.size()];
        Arrays.setAll(at, i -> batch.images()[i] + (batch.mirrored()[i] ? (long) images.size() : 0));
        return at;
    }

    @Override
    public void close() {
        if (features != null) {
            features.close();
        }
    }
}
