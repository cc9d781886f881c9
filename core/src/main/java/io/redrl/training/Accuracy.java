package io.redrl.training;

import io.redrl.base.Progress;
import io.redrl.data.ImageDataset;
import io.redrl.model.Classifier;
import io.redrl.model.Victims;
import io.redrl.stats.Proportion;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.stream.IntStream;

/** The accuracy of a victim on a data set. */
public final class Accuracy {
    private static final int BATCH = 200;

    private Accuracy() {}

    /**
     * Runs the victim on every image.
     *
     * @return right predictions of images
     */
    public static Proportion of(Classifier victim, ImageDataset dataset, Progress progress) {
        Victims.requireFits(victim, dataset);
        int right = 0;
        try (Progress.Task task = progress.start("testing " + victim.id(), dataset.size(), "images")) {
            for (int from = 0; from < dataset.size(); from += BATCH) {
                progress.checkStopped();
                int[] indices = IntStream.range(from, Math.min(from + BATCH, dataset.size()))
                        .toArray();
                long[] predicted = Scopes.valued(() -> victim.predict(Tensors.pixels(dataset.images(indices))));
                long[] labels = dataset.labels(indices);
                for (int i = 0; i < labels.length; i++) {
                    right += labels[i] == predicted[i] ? 1 : 0;
                }
                task.advance(indices.length);
            }
        }
        return new Proportion(right, dataset.size());
    }
}
