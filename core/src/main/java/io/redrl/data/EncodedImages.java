package io.redrl.data;

import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageShape;
import io.redrl.image.Scaling;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;

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

    private final String id;
    private final FileTree tree;
    private final List<String> classNames;
    private final ImageShape shape;
    private final List<Item> items;
    private final boolean scaled;

    /** Empty until it is known: reading every file takes seconds, and not everyone asks. */
    private volatile String checksum = "";

    EncodedImages(String id, FileTree tree, List<String> classNames, ImageShape shape, List<Item> items) {
        this(id, tree, classNames, shape, items, false);
    }

    /**
     * @param shape the size of all images, or with {@code scaled} the size that they are given
     */
    EncodedImages(
            String id, FileTree tree, List<String> classNames, ImageShape shape, List<Item> items, boolean scaled) {
        this.id = id;
        this.tree = tree;
        this.classNames = List.copyOf(classNames);
        this.shape = shape;
        this.items = List.copyOf(items);
        this.scaled = scaled;
    }

    /** Reads the size in the header of every image, so that a wrong one is named now and not in mid-training. */
    void requireOneSize() {
        for (Item item : items) {
            String where = tree.where(item.file());
            ImageShape actual = ImageCodec.shape(tree.read(item.file()), where);
            Checks.require(
                    actual.equals(shape),
                    "%s is %d×%d pixels (width × height), expected %d×%d like the first image: make all images one size,"
                            + " or have them scaled (--resize of redrl attack)",
                    where,
                    actual.width(),
                    actual.height(),
                    shape.width(),
                    shape.height());
        }
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
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public byte[] pixels(int index) {
        String file = item(index).file();
        if (scaled) {
            ImageCodec.Decoded decoded = ImageCodec.decode(tree.read(file), tree.where(file));
            return Scaling.scaled(decoded.image(), shape).pixels();
        }
        return ImageCodec.decode(tree.read(file), tree.where(file), shape).pixels();
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
            byte[] encoded = tree.read(item.file());
            digest.update(ByteBuffer.allocate(8)
                    .putInt(item.label())
                    .putInt(encoded.length)
                    .array());
            digest.update(encoded);
        }
        return Checksums.hex(digest);
    }
}
