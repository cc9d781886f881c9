package io.redrl.data;

import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import io.redrl.data.EncodedImages.Item;
import io.redrl.image.ImageShape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tiny ImageNet (Stanford CS231n): 200 classes of 3×64×64, 500 training and 50 validation images each, from its official
 * zip or the folder it unpacks to. Images are decoded when asked for; grey ones become RGB.
 *
 * <p>Labels are the positions of the WordNet identifiers in sorted order, as torchvision's {@code ImageFolder} has them,
 * and not the order of {@code wnids.txt}. Training images are sorted by class and name; validation images, which are the
 * {@link Split#TEST test split}, come in the order of {@code val_annotations.txt}.
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

    private static List<Item> train(FileTree tree, String folder, List<String> wnids) {
        String prefix = folder + "train/";
        List<Item> items = new ArrayList<>();
        for (String file : tree.names()) {
            if (file.startsWith(prefix) && file.endsWith(".JPEG")) {
                String[] parts = file.substring(prefix.length()).split("/", 4); // wnid/images/wnid_0.JPEG
                int label = Collections.binarySearch(wnids, parts[0]);
                Checks.require(
                        label >= 0 && parts.length == 3,
                        "%s is not train/CLASS/images/NAME.JPEG with a class of wnids.txt",
                        tree.where(file));
                items.add(new Item(file, parts[0] + "/" + parts[2], label));
            }
        }
        return items;
    }

    private static List<Item> validation(FileTree tree, String folder, List<String> wnids) {
        String annotations = folder + "val/val_annotations.txt";
        List<Item> items = new ArrayList<>();
        Set<String> labelled = new HashSet<>();
        for (String line : tree.lines(annotations)) {
            String[] fields = line.split("\t", 3); // file, class, bounding box
            String file = folder + "val/images/" + fields[0];
            int label = fields.length < 2 ? -1 : Collections.binarySearch(wnids, fields[1].strip());
            Checks.require(
                    label >= 0 && labelled.add(file),
                    "%s: expected one line per image with a class of wnids.txt, got: %s",
                    tree.where(annotations),
                    line);
            Checks.require(tree.has(file), "%s is missing, but val_annotations.txt names it", tree.where(file));
            items.add(new Item(file, fields[0], label));
        }
        return items;
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
