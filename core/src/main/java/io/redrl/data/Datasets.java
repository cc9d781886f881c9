package io.redrl.data;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Checks;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.data.Downloads.Download;
import io.redrl.image.ImageFormat;
import io.redrl.image.ImageShape;
import io.redrl.image.Scaling;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The data sets by name, in one place: what the command line and experiment files accept. */
public final class Datasets {
    /** What a path may lead to, for help texts and messages. */
    public static final String PATHS =
            "a folder or zip of images (" + ImageFormat.NAMES + ") in one folder per class or unlabelled, a NumPy array"
                    + " (.npy, .npz), or a list of image files (.txt, .csv)";

    private static final String CIFAR10 = "cifar10";
    private static final String TINY = "tiny-imagenet";
    private static final String TINY_ZIP = "tiny-imagenet-200.zip";
    private static final URI TINY_ADDRESS = URI.create("http://cs231n.stanford.edu/" + TINY_ZIP);

    /** Of the zip of 248,100,043 bytes, as the data set's readers in other projects agree. */
    private static final String TINY_MD5 = "90528d7ca1a48142e341f4ef8d21d0de";

    private Datasets() {}

    /** What {@link #open} accepts, for help texts. */
    public static List<String> known() {
        return List.of(CIFAR10, TINY, TINY + ":PATH", "the path of " + PATHS);
    }

    /** The data set that {@code name} names, wherever it lies: {@code tiny-imagenet} for {@code tiny-imagenet:PATH}. */
    public static String canonical(String name) {
        return name.startsWith(TINY + ":") ? TINY : name;
    }

    /**
     * Opens a split of a data set.
     *
     * @param name {@code cifar10}; {@code tiny-imagenet}, with {@code :PATH} if it lies outside the cache; or a path
     * @throws RedrlException if there is none of that name, listing the known ones, it was never fetched, or a file or folder of it cannot
     *     be read
     */
    public static ImageDataset open(String name, Split split) {
        return whole(openReadable(name, split, Optional.empty()));
    }

    /**
     * Opens a split in which images may be that cannot be read: {@link ImageDataset#unreadable()} names those that are known at once,
     * {@link ImageDataset#failure} says it of each.
     *
     * @param name as for {@link #open(String, Split)}
     * @param size the size that every image is given; empty if they have one
     */
    public static ImageDataset openReadable(String name, Split split, Optional<ImageShape> size) {
        return size.isPresent() ? scaled(name, split, size.get()) : asItIs(name, split);
    }

    private static ImageDataset whole(ImageDataset dataset) {
        List<String> unreadable = dataset.unreadable();
        Checks.require(
                unreadable.isEmpty(),
                "%s cannot be read whole: %s%s. Mend or remove what cannot be read",
                dataset.id(),
                unreadable.isEmpty() ? "" : unreadable.get(0),
                unreadable.size() > 1 ? ", and " + (unreadable.size() - 1) + " more" : "");
        return dataset;
    }

    private static ImageDataset asItIs(String name, Split split) {
        if (name.equals(CIFAR10)) {
            return Cifar10.open(split);
        }
        if (name.equals(TINY)) {
            Path folder = RedrlHome.data(TINY);
            Path zip = folder.resolve(TINY_ZIP);
            Checks.require(
                    Files.exists(zip),
                    "Tiny ImageNet is not in %s: run ./redrl data fetch tiny-imagenet, or say where its zip or folder is:"
                            + " tiny-imagenet:PATH",
                    folder);
            return TinyImageNet.open(zip, split);
        }
        if (name.startsWith(TINY + ":")) {
            return TinyImageNet.open(Path.of(name.substring(TINY.length() + 1)), split);
        }
        return at(existing(name), split, Sizing.ONE);
    }

    /**
     * Opens a split, its images scaled to one size where they are somebody's own: see {@link Scaling}.
     *
     * @param name as for {@link #open(String, Split)}
     * @param size the size that every image is given
     * @throws RedrlException if it is a named data set of another size: victims for those have their size
     */
    public static ImageDataset open(String name, Split split, ImageShape size) {
        return whole(openReadable(name, split, Optional.of(size)));
    }

    private static ImageDataset scaled(String name, Split split, ImageShape size) {
        ImageDataset dataset = isNamed(name) ? asItIs(name, split) : at(existing(name), split, Sizing.to(size));
        Checks.require(
                dataset.shape().equals(size),
                "%s has images of %s; only your own images are scaled (to %s), not known data sets",
                dataset.id(),
                dataset.shape(),
                size);
        return dataset;
    }

    /** Opens a split, a folder's images scaled to one size if that is given. */
    public static ImageDataset open(String name, Split split, Optional<ImageShape> size) {
        return size.isPresent() ? open(name, split, size.get()) : open(name, split);
    }

    /**
     * Opens a split of images that may differ in size, for a look at what is there: {@link ImageDataset#sizes()} says which sizes there
     * are, and pixels of images that have another one than the first cannot be asked for.
     *
     * @param name as for {@link #open(String, Split)}
     */
    public static ImageDataset openOfAnySize(String name, Split split) {
        return isNamed(name) ? asItIs(name, split) : at(existing(name), split, Sizing.ANY);
    }

    private static boolean isNamed(String name) {
        return name.equals(CIFAR10) || name.equals(TINY) || name.startsWith(TINY + ":");
    }

    private static ImageDataset at(Path path, Split split, Sizing sizing) {
        InputKind kind = InputKind.of(path);
        return switch (kind) {
            case FOLDER, ZIP ->
                TinyImageNet.isAt(new FileTree(path))
                        ? TinyImageNet.open(path, split)
                        : ImageFolder.open(path, split, sizing);
            case ARRAY -> ArrayImages.openArray(path, split, sizing);
            case ARRAYS -> ArrayImages.openArrays(path, split, sizing);
            case LIST -> ImageList.open(path, split, sizing);
            case IMAGE -> ImageFolder.ofOne(path, split, sizing);
            case OTHER -> throw kind.refused(path);
        };
    }

    /**
     * Brings a data set into the cache; does nothing, and says so, when it is there.
     *
     * @param name {@code cifar10} or {@code tiny-imagenet}
     * @param archive the archive to take it from instead of downloading
     * @return whether anything was fetched
     */
    public static boolean fetch(String name, Optional<Path> archive, Progress progress) {
        if (name.equals(CIFAR10)) {
            Cifar10Fetcher fetcher = new Cifar10Fetcher(RedrlHome.data(CIFAR10));
            return archive.isPresent() ? fetcher.fetch(archive.get(), progress) : fetcher.fetch(progress);
        }
        Checks.require(name.equals(TINY), "%s cannot be fetched: expected %s or %s", name, CIFAR10, TINY);
        return fetchTiny(RedrlHome.data(TINY), archive, Downloads.http(TINY_ADDRESS), TINY_MD5, progress);
    }

    /** Keeps the official zip and nothing else; a part of it can still be used where it lies. */
    static boolean fetchTiny(Path folder, Optional<Path> archive, Download download, String md5, Progress progress) {
        Path zip = folder.resolve(TINY_ZIP);
        return FetchLock.holding(folder.resolve(".lock"), progress, () -> {
            if (Files.exists(zip)) {
                progress.say("Tiny ImageNet is in " + zip + " already: nothing to do");
                return false;
            }
            AtomicFiles.writePath(zip, partial -> {
                Path work = Files.createDirectories(folder.resolve(".fetching"));
                try {
                    Path source = archive.isPresent() ? archive.get() : download.into(work, progress);
                    ArchiveSums sums = ArchiveSums.of(source, progress);
                    Checks.require(
                            sums.md5().equals(md5),
                            "%s is truncated, altered or not the official %s: its %d bytes have MD5 %s, expected %s. A"
                                    + " part of Tiny ImageNet can be used where it lies: tiny-imagenet:PATH",
                            source,
                            TINY_ZIP,
                            sums.bytes(),
                            sums.md5(),
                            md5);
                    Files.copy(source, partial);
                } finally {
                    Downloads.remove(work);
                }
            });
            progress.say("Tiny ImageNet is in " + zip);
            return true;
        });
    }

    private static Path existing(String name) {
        try {
            Path path = Path.of(name);
            if (!name.isBlank() && Files.exists(path)) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw new RedrlException(unknown(name), e);
        }
        throw new RedrlException(unknown(name));
    }

    private static String unknown(String name) {
        if (name.equals("-")) {
            return "- is standard input, which can be read once only, and these images are read more often: save them as a file";
        }
        return "Unknown data set '" + name + "', and no such folder or file. Known: " + String.join(", ", known());
    }
}
