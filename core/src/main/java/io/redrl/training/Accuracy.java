package io.redrl.training;

import io.redrl.base.Progress;
import io.redrl.data.ImageDataset;
import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.model.Victims;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.stream.IntStream;

/** The part of a data set that a victim classifies right. */
public final class Accuracy {
    private static final int BATCH = 200;

    private Accuracy() {}

    /**
     * Runs the victim on every image.
     *
     * @return right answers over images, in [0, 1]
     */
    public static double of(Classifier victim, ImageDataset dataset, Progress progress) {
        Victims.requireFits(victim, dataset);
        ImageShape shape = dataset.shape();
        long right = 0;
        try (Progress.Task task = progress.start("testing " + victim.id(), dataset.size(), "images")) {
            for (int from = 0; from < dataset.size(); from += BATCH) {
                progress.checkStopped();
                int[] indices = IntStream.range(from, Math.min(from + BATCH, dataset.size()))
                        .toArray();
                byte[] pixels = dataset.pixels(indices);
                long[] predicted = Scopes.valued(() -> victim.predict(
                        Tensors.pixels(pixels, indices.length, shape.channels(), shape.height(), shape.width())));
                long[] labels = dataset.labels(indices);
                right += IntStream.range(0, labels.length)
                        .filter(i -> labels[i] == predicted[i])
                        .count();
                task.advance(indices.length);
            }
        }
        return right / (double) dataset.size();
    }
}
