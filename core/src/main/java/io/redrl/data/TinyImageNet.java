package io.redrl.data;

import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import io.redrl.data.EncodedImages.Item;
import io.redrl.image.ImageFormat;
import io.redrl.image.ImageShape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tiny ImageNet (Stanford CS231n): 200 classes of 3×64×64, 500 training and 50 validation images each, from its official
 * zip or the folder it unpacks to. Images are decoded when asked for; grey ones become RGB.
 *
 * <p>Also in the forms that people sort it into: training images directly in {@code train/CLASS} or, told by the class that their names
 * begin with, in {@code train}; validation images in {@code val/CLASS}, with or without a folder {@code images} in it and whether
 * {@code val_annotations.txt} is still there or not.
 *
 * <p>Labels are the positions of the WordNet identifiers in sorted order, as torchvision's {@code ImageFolder} has them,
 * and not the order of {@code wnids.txt}. Training images are sorted by class and name; validation images, which are the
 * {@link Split#TEST test split}, come in the order of {@code val_annotations.txt}, which is that of the numbers in their names.
 */
public final class TinyImageNet {
    /** The size of every image. */
    public static final ImageShape SHAPE = ImageShape.square(64);

    private TinyImageNet() {}

    /** Whether the folder or zip has Tiny ImageNet's layout. */
    static boolean isAt(FileTree tree) {
        return tree.folderOf("wnids.txt").isPresent();
    }

    /**
     * Opens a split.
     *
     * @param root the zip, or the folder with {@code wnids.txt} or around the one with it
     * @throws RedrlException if something of the official layout is missing or does not agree, naming it
     */
    public static ImageDataset open(Path root, Split split) {
        FileTree tree = new FileTree(root);
        String folder = tree.folderOf("wnids.txt")
                .orElseThrow(() -> new RedrlException(root + " is not Tiny ImageNet: it has no wnids.txt"));
        List<String> wnids = tree.lines(folder + "wnids.txt").stream()
                .map(String::strip)
                .sorted()
                .distinct()
                .toList();
        List<Item> items = split == Split.TRAIN ? train(tree, folder, wnids) : validation(tree, folder, wnids);
        Checks.require(!items.isEmpty(), "%s holds no %s images of Tiny ImageNet", root, split);
        String id = split == Split.TRAIN ? "tiny-imagenet/train" : "tiny-imagenet/test";
        return new EncodedImages(id, tree, classNames(tree, folder, wnids), SHAPE, items);
    }

    /** Images below a folder, by what follows its name. */
    private static List<String> images(FileTree tree, String prefix) {
        return tree.names().stream()
                .filter(file -> file.startsWith(prefix) && ImageFormat.isNamedLikeOne(file))
                .map(file -> file.substring(prefix.length()))
                .toList();
    }

    private static List<Item> train(FileTree tree, String folder, List<String> wnids) {
        String prefix = folder + "train/";
        List<Item> items = new ArrayList<>();
        for (String file : images(tree, prefix)) {
            // CLASS/images/CLASS_0.JPEG, CLASS/CLASS_0.JPEG or CLASS_0.JPEG
            String[] parts = file.split("/", 4);
            String name = parts[parts.length - 1];
            String wnid = parts.length == 1 ? name.replaceFirst("_.*", "") : parts[0];
            int label = Collections.binarySearch(wnids, wnid);
            Checks.require(
                    label >= 0 && parts.length <= 3,
                    "%s is not train/CLASS/images/NAME.JPEG, train/CLASS/NAME.JPEG or train/CLASS_NUMBER.JPEG with a class"
                            + " of wnids.txt",
                    tree.where(prefix + file));
            items.add(new Item(prefix + file, wnid + "/" + name, label));
        }
        items.sort(Comparator.comparing(Item::name));
        return items;
    }

    private static List<Item> validation(FileTree tree, String folder, List<String> wnids) {
        String annotations = folder + "val/val_annotations.txt";
        Map<String, String> files = new HashMap<>(); // by their own names, wherever they were sorted to
        for (String file : images(tree, folder + "val/")) {
            String twice = files.put(file.substring(file.lastIndexOf('/') + 1), file);
            Checks.require(twice == null, "%s is there twice: also as %s", tree.where(folder + "val/" + file), twice);
        }
        return tree.has(annotations)
                ? annotated(tree, folder + "val/", annotations, files, wnids)
                : sorted(tree, folder + "val/", files, wnids);
    }

    private static List<Item> annotated(
            FileTree tree, String prefix, String annotations, Map<String, String> files, List<String> wnids) {
        List<Item> items = new ArrayList<>();
        Set<String> labelled = new HashSet<>();
        for (String line : tree.lines(annotations)) {
            String[] fields = line.split("\t", 3); // file, class, bounding box
            int label = fields.length < 2 ? -1 : Collections.binarySearch(wnids, fields[1].strip());
            Checks.require(
                    label >= 0 && labelled.add(fields[0]),
                    "%s: expected one line per image with a class of wnids.txt, got: %s",
                    tree.where(annotations),
                    line);
            String file = files.get(fields[0]);
            if (file == null) {
                throw new RedrlException(
                        tree.where(prefix + "images/" + fields[0]) + " is missing, but val_annotations.txt names it");
            }
            int sorted = Collections.binarySearch(wnids, file.replaceFirst("/.*", ""));
            Checks.require(
                    sorted < 0 || sorted == label,
                    "%s lies in the folder of another class than val_annotations.txt says, %s",
                    tree.where(prefix + file),
                    fields.length < 2 ? "" : fields[1]);
            items.add(new Item(prefix + file, fields[0], label));
        }
        return items;
    }

    private static List<Item> sorted(FileTree tree, String prefix, Map<String, String> files, List<String> wnids) {
        List<Item> items = new ArrayList<>();
        files.forEach((name, file) -> {
            int label = Collections.binarySearch(wnids, file.replaceFirst("/.*", ""));
            Checks.require(
                    label >= 0,
                    "%s has no label: it is not val/CLASS/NAME.JPEG with a class of wnids.txt, and there is no val_annotations.txt, which the"
                            + " official zip has in val",
                    tree.where(prefix + file));
            items.add(new Item(prefix + file, name, label));
        });
        items.sort(Comparator.comparingInt((Item item) -> number(item.name())).thenComparing(Item::name));
        return items;
    }

    /** The 12 of {@code val_12.JPEG}. */
    private static int number(String name) {
        String digits = name.replaceAll("[^0-9]", "");
        return digits.isEmpty() || digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
    }

    /** The words of {@code words.txt}; the identifier where there are none, and beside words that two classes share. */
    private static List<String> classNames(FileTree tree, String folder, List<String> wnids) {
        Map<String, String> words = new HashMap<>();
        if (tree.has(folder + "words.txt")) {
            for (String line : tree.lines(folder + "words.txt")) {
                String[] fields = line.split("\t", 2);
                words.put(fields[0], fields.length == 2 ? fields[1].strip() : fields[0]);
            }
        }
        List<String> names =
                wnids.stream().map(wnid -> words.getOrDefault(wnid, wnid)).toList();
        Set<String> seen = new HashSet<>();
        Set<String> shared = new HashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                shared.add(name);
            }
        }
        List<String> distinct = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            distinct.add(shared.contains(name) ? name + " (" + wnids.get(i) + ")" : name);
        }
        return distinct;
    }
}
