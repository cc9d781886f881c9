package io.redrl.data;

import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.base.RedrlException;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import io.redrl.image.Scaling;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Images that stay encoded in their folder or zip and are decoded when asked for. Nothing decoded is kept.
 *
 * <p>Images of other sizes can be scaled to one, see {@link Scaling}.
 *
 * <p>The checksum is over the class names, the shape, and each image's label, length and encoded bytes: JPEG decoders may
 * differ in the last bit, files do not.
 */
final class EncodedImages implements ImageDataset {
    /**
     * One image.
     *
     * @param file its name in the tree
     * @param name its name in the data set, the same wherever the data lie
     * @param label its class, −1 if unknown
     */
    record Item(String file, String name, int label) {}

    /**
     * What the headers of images say.
     *
     * @param sizes how many there are of which size, in the order in which they come
     * @param usable labels of which at least one image has a header
     * @param unreadable why others have none, in a sentence each
     */
    private record Headers(Map<ImageShape, Integer> sizes, Set<Integer> usable, List<String> unreadable) {}

    private final String id;
    private final FileTree tree;
    private final List<String> classNames;
    private final ImageShape shape;
    private final List<Item> items;
    private final boolean scaled;
    private final Map<ImageShape, Integer> sizes;
    private final Set<Integer> usable;
    private final List<String> remarks;
    private final List<String> unreadable;

    /** Empty until it is known: reading every file takes seconds, and not everyone asks. */
    private volatile String checksum = "";

    /** Images that are known to have a size; no file is looked at. */
    EncodedImages(String id, FileTree tree, List<String> classNames, ImageShape shape, List<Item> items) {
        this(
                id,
                tree,
                classNames,
                shape,
                items,
                false,
                new Headers(Map.of(shape, items.size()), Set.of(), tree.unreadable()),
                tree.remarks());
    }

    private EncodedImages(
            String id,
            FileTree tree,
            List<String> classNames,
            ImageShape shape,
            List<Item> items,
            boolean scaled,
            Headers headers,
            List<String> remarks) {
        this.id = id;
        this.tree = tree;
        this.classNames = List.copyOf(classNames);
        this.shape = shape;
        this.items = List.copyOf(items);
        this.scaled = scaled;
        this.sizes = headers.sizes();
        this.usable = headers.usable();
        this.remarks = List.copyOf(remarks);
        this.unreadable = List.copyOf(headers.unreadable());
    }

    /**
     * Reads the size in the header of every image, so that a wrong one is named now and not in mid-training. An image without a
     * header that can be read keeps its index and is named among the {@link #unreadable()}.
     *
     * @param remarks what a reader should know of the set
     */
    static EncodedImages open(
            String id, FileTree tree, List<String> classNames, List<Item> items, Sizing sizing, List<String> remarks) {
        Headers headers = headers(tree, items, sizing);
        if (headers.sizes().isEmpty()) {
            List<String> why = headers.unreadable();
            throw new RedrlException(id + ": not one of its " + items.size() + " images can be read. The first: "
                    + why.get(why.size() - items.size()));
        }
        ImageShape shape =
                sizing.scaledTo().orElse(headers.sizes().keySet().iterator().next());
        return new EncodedImages(
                id, tree, classNames, shape, items, sizing.scaledTo().isPresent(), headers, remarks);
    }

    private static Headers headers(FileTree tree, List<Item> items, Sizing sizing) {
        Map<ImageShape, Integer> sizes = new LinkedHashMap<>();
        Set<Integer> usable = new HashSet<>();
        List<String> unreadable = new ArrayList<>(tree.unreadable());
        for (Item item : items) {
            String where = tree.where(item.file());
            ImageShape actual;
            try {
                actual = ImageCodec.shape(tree.read(item.file()), where);
            } catch (RedrlException e) {
                unreadable.add(String.valueOf(e.getMessage()));
                continue;
            }
            ImageShape first =
                    sizes.isEmpty() ? actual : sizes.keySet().iterator().next();
            Checks.require(
                    sizing.any() || sizing.scaledTo().isPresent() || actual.equals(first),
                    "%s is %d×%d pixels (width × height), expected %d×%d like the first image: make all images one size,"
                            + " or have them scaled (--resize of redrl attack)",
                    where,
                    actual.width(),
                    actual.height(),
                    first.width(),
                    first.height());
            sizes.merge(actual, 1, Integer::sum);
            usable.add(item.label());
        }
        return new Headers(sizes, usable, unreadable);
    }

    /** Whether an image of a class could be read as far as its header. */
    boolean hasUsable(int label) {
        return usable.contains(label);
    }

    private Item item(int index) {
        return items.get(Checks.inRange("image index", index, 0, items.size() - 1));
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public int size() {
        return items.size();
    }

    @Override
    public ImageShape shape() {
        return shape;
    }

    @Override
    public Map<ImageShape, Integer> sizes() {
        return sizes;
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public List<String> remarks() {
        return remarks;
    }

    @Override
    public List<String> unreadable() {
        return unreadable;
    }

    @Override
    public List<String> remarks(int index) {
        return decoded(index).remarks();
    }

    @Override
    public byte[] pixels(int index) {
        if (scaled) {
            return Scaling.scaled(decoded(index).image(), shape).pixels();
        }
        String file = item(index).file();
        return ImageCodec.decode(tree.read(file), tree.where(file), shape).pixels();
    }

    private ImageCodec.Decoded decoded(int index) {
        String file = item(index).file();
        return ImageCodec.decode(tree.read(file), tree.where(file));
    }

    @Override
    public int label(int index) {
        return item(index).label();
    }

    @Override
    public String imageId(int index) {
        return id + "/" + item(index).name();
    }

    @Override
    public String checksum() {
        // Two threads may both do the work; they find the same.
        if (checksum.isEmpty()) {
            checksum = computeChecksum();
        }
        return checksum;
    }

    private String computeChecksum() {
        MessageDigest digest = Checksums.sha256();
        digest.update(String.join("\n", classNames).getBytes(StandardCharsets.UTF_8));
        digest.update(ByteBuffer.allocate(16)
                .putInt(items.size())
                .putInt(shape.channels())
                .putInt(shape.height())
                .putInt(shape.width())
                .array());
        if (scaled) {
            digest.update(Scaling.METHOD.getBytes(StandardCharsets.UTF_8));
        }
        for (Item item : items) {
            byte[] encoded = content(item);
            digest.update(ByteBuffer.allocate(8)
                    .putInt(item.label())
                    .putInt(encoded.length)
                    .array());
            digest.update(encoded);
        }
        return Checksums.hex(digest);
    }

    /** Empty where it cannot be read, which a checksum is not to fail of: such images are named elsewhere. */
    private byte[] content(Item item) {
        try {
            return tree.read(item.file());
        } catch (RedrlException e) {
            return new byte[0];
        }
    }
}
