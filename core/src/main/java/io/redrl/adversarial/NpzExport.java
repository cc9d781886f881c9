package io.redrl.adversarial;

import io.redrl.base.AtomicFiles;
import io.redrl.data.ImageDataset;
import io.redrl.image.ImageShape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * An adversarial set as one file that {@code numpy.load} reads, rows in canonical order: {@code adversarial_uint8} and
 * {@code adversarial} (float32) {@code [N,C,H,W]}; {@code index}, {@code label}, {@code clean_prediction},
 * {@code adversarial_prediction} (int64); {@code success} (as stored), {@code success_float}, {@code success_8bit}
 * (bool); {@code linf}, {@code l2} (float64); {@code file}, {@code class_name}, {@code attack}, {@code victim}, {@code config}
 * (unicode); and {@code class_names} (unicode), which labels and predictions count through, empty where those are not known.
 */
public final class NpzExport {
    private NpzExport() {}

    /**
     * Writes {@code out}, which is complete or absent. The same set gives the same bytes.
     *
     * @param set the set; all its rows are held in memory
     * @param out the file
     */
    public static void write(AdversarialSet set, Path out) {
        AtomicFiles.write(out, stream -> {
            // The caller closes the stream; closing the archive ends it.
            try (NpzWriter npz = new NpzWriter(stream)) {
                rows(npz, set);
            }
        });
    }

    /**
     * Like {@link #write(AdversarialSet, Path)}, with the clean images beside the adversarial ones as
     * {@code clean_uint8} {@code [N,C,H,W]}.
     *
     * @param dataset the data set that the set was made from
     */
    public static void write(AdversarialSet set, ImageDataset dataset, Path out) {
        set.plan().requireDataset(dataset);
        AtomicFiles.write(out, stream -> {
            try (NpzWriter npz = new NpzWriter(stream)) {
                List<AdversarialExample> rows = rows(npz, set);
                images(
                        npz,
                        "clean_uint8",
                        "|u1",
                        set,
                        i -> dataset.pixels(rows.get(i).index()));
            }
        });
    }

    private static List<AdversarialExample> rows(NpzWriter npz, AdversarialSet set) throws IOException {
        List<AdversarialExample> rows = set.examples();
        images(npz, "adversarial_uint8", "|u1", set, i -> rows.get(i).image().greyLevels());
        images(npz, "adversarial", "<f4", set, i -> rows.get(i).image().floatBytes());
        longs(npz, "index", rows, AdversarialExample::index);
        longs(npz, "label", rows, AdversarialExample::label);
        strings(npz, "file", rows, AdversarialExample::file);
        strings(npz, "class_name", rows, AdversarialExample::className);
        npz.strings("class_names", set.manifest().classNames().orElse(List.of()));
        longs(npz, "target", rows, row -> row.outcome().target());
        longs(npz, "clean_prediction", rows, row -> row.outcome().cleanPrediction());
        longs(npz, "adversarial_prediction", rows, row -> row.outcome().adversarialPrediction());
        booleans(npz, "success", rows, AdversarialExample::success);
        booleans(npz, "success_float", rows, row -> row.outcome().successFloat());
        booleans(npz, "success_8bit", rows, row -> row.outcome().success8bit());
        doubles(npz, "linf", rows, row -> row.outcome().linf());
        doubles(npz, "l2", rows, row -> row.outcome().l2());
        strings(npz, "attack", rows, AdversarialExample::attack);
        strings(npz, "victim", rows, AdversarialExample::victim);
        strings(npz, "config", rows, AdversarialExample::config);
        return rows;
    }

    private static void images(NpzWriter npz, String name, String type, AdversarialSet set, NpzWriter.Item pixels)
            throws IOException {
        ImageShape shape = set.manifest().shape();
        npz.array(name, type, pixels, set.size(), shape.channels(), shape.height(), shape.width());
    }

    private static void longs(
            NpzWriter npz, String name, List<AdversarialExample> rows, ToLongFunction<AdversarialExample> of)
            throws IOException {
        npz.longs(name, rows.stream().mapToLong(of).toArray());
    }

    private static void doubles(
            NpzWriter npz, String name, List<AdversarialExample> rows, ToDoubleFunction<AdversarialExample> of)
            throws IOException {
        npz.doubles(name, rows.stream().mapToDouble(of).toArray());
    }

    private static void booleans(
            NpzWriter npz, String name, List<AdversarialExample> rows, Predicate<AdversarialExample> of)
            throws IOException {
        npz.booleans(name, rows.stream().map(of::test).toList());
    }

    private static void strings(
            NpzWriter npz, String name, List<AdversarialExample> rows, Function<AdversarialExample, String> of)
            throws IOException {
        npz.strings(name, rows.stream().map(of).toList());
    }
}
