package io.redrl.training;

import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.image.ImageShape;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.MemoryFormat;

/** The images of a data set as shuffled, augmented, normalised batches that depend on a seed and the epoch alone. */
final class ImageBatches {
    private static final int LEVELS = 256;

    private final ImageDataset dataset;
    private final int size;
    private final Augmentation augmentation;
    private final Seed seed;

    /** Batches of the first {@code size} images of {@code dataset}. */
    ImageBatches(ImageDataset dataset, int size, Augmentation augmentation, Seed seed) {
        this.dataset = dataset;
        this.size = size;
        this.augmentation = augmentation;
        this.seed = seed;
    }

    /** The order in which an epoch sees the images. */
    int[] order(int epoch) {
        int[] order = IntStream.range(0, size).toArray();
        SplittableRandom random = seed.child("order").child(epoch).random();
        for (int i = size - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        return order;
    }

    /** Augmented images as {@code [N,C,H,W]} float32 in [0, 1], in the caller's scope. */
    Tensor images(int[] indices, int epoch) {
        ImageShape shape = dataset.shape();
        byte[] pixels = new byte[Math.multiplyExact(indices.length, shape.values())];
        Seed draw = seed.child("augmentation").child(epoch);
        for (int i = 0; i < indices.length; i++) {
            augmentation.apply(dataset.pixels(indices[i]), shape, draw.child(indices[i]), pixels, i * shape.values());
        }
        return Tensors.pixels(pixels, indices.length, shape.channels(), shape.height(), shape.width());
    }

    /** Mean and standard deviation of the pixels in [0, 1] per channel, exact over all images. */
    Normalisation normalisation() {
        ImageShape shape = dataset.shape();
        int plane = shape.height() * shape.width();
        long[][] counts = new long[shape.channels()][LEVELS];
        for (int index = 0; index < size; index++) {
            byte[] pixels = dataset.pixels(index);
            for (int c = 0; c < counts.length; c++) {
                for (int i = c * plane; i < (c + 1) * plane; i++) {
                    counts[c][pixels[i] & 0xff]++;
                }
            }
        }
        double n = (double) size * plane;
        double[] mean = new double[counts.length];
        double[] std = new double[counts.length];
        for (int c = 0; c < counts.length; c++) {
            double sum = 0;
            double squares = 0;
            for (int level = 0; level < LEVELS; level++) {
                double x = level / 255.0;
                sum += x * counts[c][level];
                squares += x * x * counts[c][level];
            }
            mean[c] = sum / n;
            // A channel without variation is left as it is.
            double variance = squares / n - mean[c] * mean[c];
            std[c] = variance > 1e-12 ? Math.sqrt(variance) : 1;
        }
        return new Normalisation(boxed(mean), boxed(std));
    }

    private static List<Double> boxed(double[] values) {
        return java.util.Arrays.stream(values).boxed().toList();
    }

    /**
     * Per-channel mean and standard deviation.
     *
     * @param mean of pixels in [0, 1]
     * @param std of pixels in [0, 1]
     */
    record Normalisation(List<Double> mean, List<Double> std) {
        /** {@code (images − mean) / std} in channels-last order, in the caller's scope. */
        Tensor apply(Tensor images) {
            return Scopes.scoped(() -> images.sub(tensor(mean)).div(tensor(std)).contiguous(MemoryFormat.ChannelsLast));
        }

        private static Tensor tensor(List<Double> values) {
            float[] floats = new float[values.size()];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = values.get(i).floatValue();
            }
            return Tensors.floats(floats, 1, floats.length, 1, 1);
        }
    }
}
