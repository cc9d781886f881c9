package io.redrl.data;

import io.redrl.base.Checks;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageFormat;
import io.redrl.image.ImageShape;
import io.redrl.image.Scaling;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A folder (or zip) of {@linkplain ImageFormat image files} in one folder per class; classes and images are sorted by name. Splits lie in
 * folders {@code train} and {@code test} (or {@code val}) with the same classes. A folder without them is a test split:
 * nothing in it can be told apart for training. Images that lie in the folder itself, with no folders of classes beside
 * them, are unlabelled.
 *
 * <p>All images have one size, which is checked when the folder is opened, unless they are to be scaled. Alpha is dropped, see {@link ImageCodec}.
 */
public final class ImageFolder {
    private ImageFolder() {}

    /**
     * Opens a split.
     *
     * @param root a folder, or a zip with or without one folder around everything
     * @throws io.redrl.base.RedrlException if there are no images, the split is missing, or an image is damaged or of
     *     another size, naming it
     */
    public static ImageDataset open(Path root, Split split) {
        return open(root, split, Optional.empty());
    }

    /**
     * Opens a split of images that may have any sizes, and scales them to one: see {@link Scaling}.
     *
     * @param root a folder, or a zip with or without one folder around everything
     * @param size the size that every image is given
     */
    public static ImageDataset open(Path root, Split split, ImageShape size) {
        return open(root, split, Optional.of(size));
    }

    private static ImageDataset open(Path root, Split split, Optional<ImageShape> size) {
        FileTree tree = new FileTree(root);
        List<String> images =
                tree.names().stream().filter(ImageFormat::isNamedLikeOne).toList();
        String around = around(images);
        Optional<String> train = splitFolder(images, around, List.of("train"));
        Optional<String> test = splitFolder(images, around, List.of("test", "val"));
        if (train.isEmpty() || test.isEmpty()) {
            Checks.require(
                    split == Split.TEST,
                    "%s has no training images set apart: put class folders into %s/train and %s/test",
                    root,
                    root,
                    root);
            return read(tree, root, split, size, around, images, classNames(images, around));
        }
        String folder = split == Split.TRAIN ? train.get() : test.get();
        return read(tree, root, split, size, folder, images, classNames(images, train.get()));
    }

    private static ImageDataset read(
            FileTree tree,
            Path root,
            Split split,
            Optional<ImageShape> size,
            String folder,
            List<String> images,
            List<String> classes) {
        List<EncodedImages.Item> items = new ArrayList<>();
        for (String image : images) {
            String name = image.startsWith(folder) ? image.substring(folder.length()) : "";
            if (name.indexOf('/') > 0) {
                int label = classes.indexOf(name.substring(0, name.indexOf('/')));
                Checks.require(label >= 0, "%s is of a class that the training images do not have", tree.where(image));
                items.add(new EncodedImages.Item(image, name, label));
            }
        }
        if (classes.isEmpty()) {
            images.forEach(image -> items.add(new EncodedImages.Item(image, image, -1)));
        }
        Checks.require(
                !items.isEmpty(),
                "%s has no images: expected " + ImageFormat.NAMES
                        + " files in one folder per class, or without labels in" + " the folder itself",
                root);
        if (size.isPresent()) {
            return new EncodedImages(id(root, split), tree, classes, size.get(), items, true);
        }
        String first = items.get(0).file();
        ImageShape shape = ImageCodec.shape(tree.read(first), tree.where(first));
        EncodedImages data = new EncodedImages(id(root, split), tree, classes, shape, items);
        data.requireOneSize();
        return data;
    }

    private static String id(Path root, Split split) {
        Path last = root.toAbsolutePath().normalize().getFileName();
        String name = last == null ? "images" : last.toString();
        return name.replaceFirst("(?i)\\.zip$", "") + "/" + split.name().toLowerCase(Locale.ROOT);
    }

    /** The one folder around everything, with its slash, as zips often have; empty when there is none. */
    private static String around(List<String> images) {
        if (images.isEmpty()) {
            return "";
        }
        String first = images.get(0);
        String folder = first.substring(0, first.indexOf('/') + 1);
        // Below it there must still be class folders; else it is itself a class.
        boolean all =
                images.stream().allMatch(name -> name.startsWith(folder) && name.indexOf('/', folder.length()) > 0);
        return all ? folder : "";
    }

    private static Optional<String> splitFolder(List<String> images, String around, List<String> names) {
        return names.stream()
                .map(name -> around + name + "/")
                .filter(folder -> images.stream()
                        .anyMatch(image -> image.startsWith(folder) && image.indexOf('/', folder.length()) > 0))
                .findFirst();
    }

    private static List<String> classNames(List<String> images, String folder) {
        return images.stream()
                .filter(name -> name.startsWith(folder) && name.indexOf('/', folder.length()) > 0)
                .map(name -> name.substring(folder.length(), name.indexOf('/', folder.length())))
                .distinct()
                .sorted()
                .toList();
    }
}
