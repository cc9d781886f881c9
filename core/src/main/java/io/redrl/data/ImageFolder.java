package io.redrl.data;

import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import io.redrl.data.EncodedImages.Item;
import io.redrl.image.ForeignFormat;
import io.redrl.image.ImageFormat;
import io.redrl.image.ImageShape;
import io.redrl.image.Scaling;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A folder (or zip) of {@linkplain ImageFormat image files} in one folder per class; classes and images are sorted by name, classes whose
 * names are numbers by these. Splits lie in folders {@code train} and {@code test} (or {@code val}) with the same classes. A folder
 * without them is a test split: nothing in it can be told apart for training. Images that lie in the folder itself, with no folders of
 * classes beside them, are unlabelled.
 *
 * <p>A class folder without an image that can be read is refused, since leaving it out would number all classes after it anew. All images
 * have one size, which is checked when the folder is opened, unless they are to be scaled.
 */
public final class ImageFolder {
    private static final List<String> TRAIN = List.of("train", "training");
    private static final List<String> TEST = List.of("test", "val", "valid", "validation");
    private static final int NAMED = 3;

    private final Path root;
    private final FileTree tree;
    private final List<String> images;
    private final String around;

    private ImageFolder(Path root) {
        this.root = root;
        this.tree = new FileTree(root);
        this.images = tree.names().stream().filter(ImageFormat::isNamedLikeOne).toList();
        this.around = around();
    }

    /**
     * Opens a split.
     *
     * @param root a folder, or a zip with or without folders around everything
     * @throws RedrlException if there are no images, the split is missing, a class has no image that can be read, or an image
     *     is of another size, naming it
     */
    public static ImageDataset open(Path root, Split split) {
        return open(root, split, Sizing.ONE);
    }

    /**
     * Opens a split of images that may have any sizes, and scales them to one: see {@link Scaling}.
     *
     * @param root a folder, or a zip with or without folders around everything
     * @param size the size that every image is given
     */
    public static ImageDataset open(Path root, Split split, ImageShape size) {
        return open(root, split, Sizing.to(size));
    }

    static ImageDataset open(Path root, Split split, Sizing sizing) {
        return new ImageFolder(root).open(split, sizing);
    }

    /** A single image file as an unlabelled set. */
    static ImageDataset ofOne(Path file, Split split, Sizing sizing) {
        Checks.require(split == Split.TEST, "%s is one image: there are no training images", file);
        String name = String.valueOf(file.getFileName());
        Path parent = file.toAbsolutePath().getParent();
        FileTree tree = FileTree.of(parent == null ? Path.of("") : parent, Map.of(name, file));
        return EncodedImages.open(
                id(file, split), tree, List.of(), List.of(new Item(name, name, -1)), sizing, List.of());
    }

    private ImageDataset open(Split split, Sizing sizing) {
        List<String> train = splitFolders(TRAIN);
        List<String> test = splitFolders(TEST);
        if (train.isEmpty() || test.isEmpty()) {
            Checks.require(
                    split == Split.TEST,
                    "%s has no training images set apart: put class folders into %s/train and %s/test",
                    root,
                    root,
                    root);
            return read(split, sizing, around, classNames(around));
        }
        List<String> classes = classNames(train.get(0));
        requireImages(train.get(0));
        // An official test set without labels may lie beside a validation set with them.
        String measured = test.stream()
                .filter(folder -> classes.containsAll(classNames(folder)))
                .findFirst()
                .orElse(test.get(0));
        return read(split, sizing, split == Split.TRAIN ? train.get(0) : measured, classes);
    }

    private ImageDataset read(Split split, Sizing sizing, String folder, List<String> classes) {
        List<Item> items = new ArrayList<>();
        for (String image : images) {
            String name = image.startsWith(folder) ? image.substring(folder.length()) : "";
            if (name.indexOf('/') > 0) {
                int label = classes.indexOf(name.substring(0, name.indexOf('/')));
                Checks.require(label >= 0, "%s is of a class that the training images do not have", tree.where(image));
                items.add(new Item(image, name, label));
            }
        }
        List<String> remarks = new ArrayList<>(tree.remarks());
        remarks.addAll(ForeignFormat.leftOut(tree.names().stream()
                .filter(name -> !ImageFormat.isNamedLikeOne(name))
                .toList()));
        if (classes.isEmpty()) {
            images.forEach(image -> items.add(new Item(image, image, -1)));
        } else {
            items.sort(Comparator.comparingInt(Item::label)); // keeps their order by name
            loose(folder).ifPresent(remarks::add);
            order(classes).ifPresent(remarks::add);
        }
        requireSome(items, remarks);
        if (!classes.isEmpty()) {
            requireImages(folder);
        }
        EncodedImages data = EncodedImages.open(id(root, split), tree, classes, items, sizing, remarks);
        for (Item item : items) {
            if (!classes.isEmpty() && !data.hasUsable(item.label())) {
                String where = tree.where(folder + classes.get(item.label()));
                String first = data.unreadable().stream()
                        .filter(message -> message.contains(where))
                        .findFirst()
                        .orElse("");
                throw new RedrlException(
                        "Not one image of the class folder " + where + " can be read. The first: " + first);
            }
        }
        return data;
    }

    private void requireSome(List<Item> items, List<String> remarks) {
        if (items.isEmpty()) {
            List<String> why = new ArrayList<>(tree.unreadable());
            why.addAll(remarks);
            throw new RedrlException(root + " has no images: expected " + ImageFormat.NAMES
                    + " files in one folder per class, or without labels in the folder itself"
                    + (why.isEmpty() ? "" : ". " + String.join(". ", why)));
        }
    }

    /** A class that is left out would give all after it another number. A folder that may not be looked into keeps its own. */
    private void requireImages(String folder) {
        List<String> used = classNames(folder);
        for (String name : tree.foldersIn(folder)) {
            String inside = folder + name + "/";
            List<String> others = tree.names().stream()
                    .filter(file -> file.startsWith(inside))
                    .toList();
            List<String> why = ForeignFormat.leftOut(others);
            Checks.require(
                    used.contains(name),
                    "The class folder %s has no images that can be read here, and leaving out a class would number all after it anew: put"
                            + " images into it (%s) or remove it%s",
                    tree.where(folder + name),
                    ImageFormat.NAMES,
                    why.isEmpty() ? "" : ". " + String.join(". ", why));
        }
    }

    private Optional<String> loose(String folder) {
        List<String> loose = images.stream()
                .filter(name -> name.startsWith(folder) && name.indexOf('/', folder.length()) < 0)
                .toList();
        return loose.isEmpty()
                ? Optional.empty()
                : Optional.of(loose.size() + (loose.size() == 1 ? " image lies" : " images lie")
                        + " beside the class folders and "
                        + (loose.size() == 1 ? "was" : "were")
                        + " left out: " + String.join(", ", loose.subList(0, Math.min(NAMED, loose.size())))
                        + (loose.size() > NAMED ? " and others" : ""));
    }

    private static Optional<String> order(List<String> classes) {
        return classes.equals(classes.stream().sorted().toList())
                ? Optional.empty()
                : Optional.of("classes are sorted as numbers (" + String.join(", ", classes.subList(0, 3))
                        + ", …); torchvision's ImageFolder sorts them as text ("
                        + String.join(", ", classes.stream().sorted().limit(3).toList()) + ", …)");
    }

    static String id(Path root, Split split) {
        Path last = root.toAbsolutePath().normalize().getFileName();
        String name = last == null ? "images" : last.toString();
        return name.replaceFirst("(?i)\\.(zip|npy|npz|csv|tsv|txt|lst)$", "") + "/"
                + split.name().toLowerCase(Locale.ROOT);
    }

    /** The folders around everything, with a slash, as archives often have them; empty when there are none. */
    private String around() {
        String at = "";
        while (true) {
            String here = at;
            List<String> inside = tree.foldersIn(here);
            boolean images = this.images.stream()
                    .anyMatch(name -> name.startsWith(here) && name.indexOf('/', here.length()) < 0);
            // Below it there must still be class folders; else it is itself a class.
            if (inside.size() != 1
                    || images
                    || tree.foldersIn(here + inside.get(0) + "/").isEmpty()) {
                return here;
            }
            at = here + inside.get(0) + "/";
        }
    }

    private List<String> splitFolders(List<String> names) {
        return names.stream()
                .map(name -> around + name + "/")
                .filter(folder -> images.stream()
                        .anyMatch(image -> image.startsWith(folder) && image.indexOf('/', folder.length()) > 0))
                .toList();
    }

    /** The class folders with images, or closed ones beside such. */
    private List<String> classNames(String folder) {
        Set<String> names = new HashSet<>();
        for (String name : images) {
            if (name.startsWith(folder) && name.indexOf('/', folder.length()) > 0) {
                names.add(name.substring(folder.length(), name.indexOf('/', folder.length())));
            }
        }
        if (!names.isEmpty()) {
            tree.foldersIn(folder).stream()
                    .filter(name -> tree.isClosed(folder + name))
                    .forEach(names::add);
        }
        return inOrder(names);
    }

    /** Names in the order of their labels: as numbers if all are, else as text. */
    static List<String> inOrder(Set<String> names) {
        boolean numbers = names.stream().allMatch(name -> name.matches("[0-9]{1,100}"));
        Comparator<String> byNumber = Comparator.comparing(BigInteger::new);
        return names.stream()
                .sorted(numbers ? byNumber.thenComparing(Comparator.naturalOrder()) : Comparator.naturalOrder())
                .toList();
    }
}
