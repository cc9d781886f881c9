package io.redrl.data;

import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.base.RedrlException;
import io.redrl.image.ImageShape;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Labelled images in one block of memory, and the file they are kept in: four big-endian 32-bit integers {@code N, C,
 * H, W}, then {@code N} labels of one byte, then {@code N·C·H·W} unsigned grey levels. The file's SHA-256 is therefore
 * the {@linkplain #checksum() checksum of the content}.
 */
final class PackedImages implements ImageDataset {
    private static final int HEADER = 16;

    private final String id;
    private final List<String> classNames;
    private final ImageShape shape;
    private final int size;
    /** The file, byte for byte. */
    private final byte[] packed;

    private final String checksum;

    private PackedImages(String id, List<String> classNames, byte[] packed, String checksum) {
        ByteBuffer header = ByteBuffer.wrap(packed);
        this.id = id;
        this.classNames = List.copyOf(classNames);
        this.size = header.getInt();
        this.shape = new ImageShape(header.getInt(), header.getInt(), header.getInt());
        this.packed = packed;
        this.checksum = checksum;
    }

    /**
     * The bytes of the file but for the pixels, and room for those.
     *
     * @param labels one per image, in [0, 255]
     */
    static byte[] room(ImageShape shape, byte[] labels) {
        byte[] packed = new byte[Math.toIntExact(HEADER + labels.length + (long) labels.length * shape.values())];
        ByteBuffer.wrap(packed)
                .putInt(labels.length)
                .putInt(shape.channels())
                .putInt(shape.height())
                .putInt(shape.width())
                .put(labels);
        return packed;
    }

    /** Where the pixels of image 0 begin in a file of {@code count} images. */
    static int firstPixel(int count) {
        return HEADER + count;
    }

    /** Writes a whole file in blocks, so that no second copy of it is made on the way. */
    static void write(byte[] packed, OutputStream out) throws IOException {
        for (int at = 0; at < packed.length; at += 1 << 20) {
            out.write(packed, at, Math.min(1 << 20, packed.length - at));
        }
    }

    /**
     * Reads a file and refuses it, by name, unless every byte is the one that was written.
     *
     * @param id the data set's name with the split
     * @param bytes the size it was written with
     * @param sha256 the checksum it was written with
     * @param mend what the user can do about a wrong file
     */
    static PackedImages open(Path file, String id, List<String> classNames, long bytes, String sha256, String mend) {
        byte[] packed;
        try {
            long found = Files.size(file);
            Checks.require(
                    found == bytes, "%s is truncated or altered: %d bytes, expected %d. %s", file, found, bytes, mend);
            packed = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new RedrlException("Could not read " + file + ": " + e + ". " + mend, e);
        }
        MessageDigest digest = Checksums.sha256();
        digest.update(packed);
        String actual = Checksums.hex(digest);
        Checks.require(
                actual.equals(sha256), "%s is altered: its SHA-256 is %s, expected %s. %s", file, actual, sha256, mend);
        return new PackedImages(id, classNames, packed, sha256);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public int size() {
        return size;
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
        int from = firstPixel(size) + Checks.inRange("image index", index, 0, size - 1) * shape.values();
        return Arrays.copyOfRange(packed, from, from + shape.values());
    }

    @Override
    public int label(int index) {
        return packed[HEADER + Checks.inRange("image index", index, 0, size - 1)] & 0xff;
    }

    @Override
    public String imageId(int index) {
        return String.format(Locale.ROOT, "%s/%05d", id, Checks.inRange("image index", index, 0, size - 1));
    }

    @Override
    public String checksum() {
        return checksum;
    }
}
