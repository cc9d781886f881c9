package io.redrl.training;

import io.redrl.base.Progress;
import io.redrl.data.ImageDataset;
import io.redrl.model.Classifier;
import io.redrl.model.Victims;
import io.redrl.stats.Proportion;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.Optional;
import java.util.stream.IntStream;

/** The accuracy of a victim on a data set. */
public final class Accuracy {
    private static final int BATCH = 200;

    private Accuracy() {}

    /**
     * A warning, if a victim is no better than chance on enough images to tell; the end of a sentence that begins with its id.
     *
     * @param right predictions of images
     */
    public static Optional<String> warning(Proportion right, int classes) {
        double chance = 1.0 / classes;
        boolean asChance = right.interval().low() <= chance;
        boolean surelyPoor = right.interval().high() < (1 + chance) / 2;
        return asChance && surelyPoor
                ? Optional.of("has " + right.hits() + " of " + right.n()
                        + " images right, which is no better than chance with "
                        + classes
                        + " classes: is its normalisation missing (--mean, --std), or are the images of another size or"
                        + " its classes in another order (--input-size, --classes)?")
                : Optional.empty();
    }

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
