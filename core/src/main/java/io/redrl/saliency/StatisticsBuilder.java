package io.redrl.saliency;

import io.redrl.base.Checks;
import io.redrl.base.Progress;
import io.redrl.data.ImageDataset;
import io.redrl.model.Victims;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/** Builder of {@link FilterStatistics} over the images of a data set, to be stopped at any time and gone on with. */
public final class StatisticsBuilder {
    private static final int BLOCK = FilterSaliency.PART;
    private static final int BLOCKS_AT_ONCE = 4;
    /** A file is written after so many batches, and at the end. */
    private static final int BATCHES_PER_SAVE = 8;

    private StatisticsBuilder() {}

    /**
     * Adds those of the images that a file lacks; the file is the same, to the last digit, however often this was stopped.
     *
     * @param filters whose
     * @param data labelled images; their true labels are the y of the loss
     * @param indices of the images, in any order, each once
     * @param megabytes for activations and gradients in each lane
     * @param file where the statistics are kept
     * @param progress asked between batches whether to stop
     * @return the statistics of exactly these images
     * @throws io.redrl.base.RedrlException if the file is of another victim, data set or other images; it is left as it was
     */
    public static FilterStatistics build(
            FilterSaliency filters, ImageDataset data, int[] indices, int megabytes, Path file, Progress progress) {
        Victims.requireFits(filters.victim(), data);
        FilterStatistics statistics = begun(filters, data, file);
        int[] wanted = Arrays.stream(indices).sorted().distinct().toArray();
        Checks.require(wanted.length == indices.length, "an image cannot be in the statistics twice");
        int[] missing =
                Arrays.stream(wanted).filter(i -> !statistics.contains(i)).toArray();
        Checks.require(
                statistics.images() == wanted.length - missing.length,
                "%s has statistics over images %s of %s, other ones than were asked for; name another file, or merge",
                file,
                statistics.indices(),
                data.id());
        String victim = filters.victim().id();
        try (Progress.Task task = progress.start("saliency statistics of " + victim, wanted.length, "images")) {
            task.advance(wanted.length - missing.length);
            int[] blocks = Arrays.stream(missing).map(i -> i / BLOCK).distinct().toArray();
            for (int from = 0; from < blocks.length; from += BLOCKS_AT_ONCE) {
                if (progress.stopRequested()) {
                    statistics.save(file);
                }
                progress.checkStopped();
                int[] images =
                        images(Arrays.copyOfRange(blocks, from, Math.min(from + BLOCKS_AT_ONCE, blocks.length)), data);
                double[][] saliency =
                        Scopes.valued(() -> filters.of(pixels(data, images), data.labels(images), megabytes));
                int added = 0;
                for (int i = 0; i < images.length; i++) {
                    if (Arrays.binarySearch(missing, images[i]) >= 0 && !statistics.contains(images[i])) {
                        statistics.add(images[i], saliency[i]);
                        added++;
                    }
                }
                task.advance(added);
                if (from / BLOCKS_AT_ONCE % BATCHES_PER_SAVE == BATCHES_PER_SAVE - 1) {
                    statistics.save(file);
                }
            }
        }
        statistics.save(file);
        return statistics;
    }

    /**
     * All images of some blocks, asked for or not, and the data's last one again to fill its block: an image is always worked on
     * in the same company at the same place, so that its digits do not depend on how work was divided.
     */
    private static int[] images(int[] blocks, ImageDataset data) {
        return Arrays.stream(blocks)
                .flatMap(block -> IntStream.range(block * BLOCK, (block + 1) * BLOCK))
                .map(i -> Math.min(i, data.size() - 1))
                .toArray();
    }

    private static FilterStatistics begun(FilterSaliency filters, ImageDataset data, Path file) {
        FilterStatistics none = FilterStatistics.empty(
                filters.victim().id(), filters.victim().checksum(), data.id(), data.checksum(), filters.layout());
        if (!Files.exists(file)) {
            return none;
        }
        FilterStatistics begun = FilterStatistics.open(file);
        begun.requireOf(file.toString(), filters.victim().checksum(), filters.layout());
        return none.merged(begun);
    }

    private static Tensor pixels(ImageDataset data, int[] indices) {
        return Tensors.pixels(data.images(indices));
    }
}
