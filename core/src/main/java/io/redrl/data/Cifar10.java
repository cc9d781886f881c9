package io.redrl.data;

import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.image.ImageShape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * CIFAR-10 (Krizhevsky, 2009): 50,000 training and 10,000 test images of 3×32×32 in ten classes, as
 * {@link Cifar10Fetcher} unpacked them. A split is read into memory whole (150 MiB and 30 MiB) and its checksum is
 * compared at every opening.
 */
public final class Cifar10 {
    /** The size of every image. */
    public static final ImageShape SHAPE = ImageShape.square(32);

    /** The classes in the order of their labels. */
    public static final List<String> CLASS_NAMES =
            List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

    static final String MANIFEST = "manifest.json";
    private static final String FETCH = "run ./redrl data fetch cifar10";

    private Cifar10() {}

    /**
     * What lies in the cache.
     *
     * @param source where the images came from
     * @param train the training file
     * @param test the test file
     */
    record Manifest(String source, PackedFile train, PackedFile test) {
        PackedFile of(Split split) {
            return split == Split.TRAIN ? train : test;
        }
    }

    /**
     * One file as it was written.
     *
     * @param bytes its size
     * @param sha256 its checksum
     */
    record PackedFile(long bytes, String sha256) {}

    /** Opens a split from the default cache. */
    public static ImageDataset open(Split split) {
        return open(RedrlHome.data("cifar10"), split);
    }

    /**
     * Opens a split.
     *
     * @param cacheDir the folder that {@link Cifar10Fetcher} filled
     * @throws io.redrl.base.RedrlException if the data were never fetched, or a file is truncated or altered
     */
    public static ImageDataset open(Path cacheDir, Split split) {
        Path manifest = cacheDir.resolve(MANIFEST);
        Checks.require(Files.isRegularFile(manifest), "CIFAR-10 is not in %s: %s", cacheDir, FETCH);
        Path file = file(cacheDir, split);
        Checks.require(Files.isRegularFile(file), "CIFAR-10 is not complete, %s is missing: %s", file, FETCH);
        PackedFile written = Json.read(manifest, Manifest.class).of(split);
        return PackedImages.open(
                file, "cifar10/" + name(split), CLASS_NAMES, written.bytes(), written.sha256(), "To mend it, " + FETCH);
    }

    static Path file(Path cacheDir, Split split) {
        return cacheDir.resolve(name(split) + ".bin");
    }

    private static String name(Split split) {
        return split.name().toLowerCase(Locale.ROOT);
    }
}
