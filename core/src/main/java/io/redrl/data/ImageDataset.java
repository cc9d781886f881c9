package io.redrl.data;

import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Labelled 8-bit images by index. Indices run from 0 to {@code size() - 1} in an order that is the same on every
 * machine; {@link #checksum()} names the content.
 *
 * <p>Implementations are immutable and safe to read from several threads.
 */
public interface ImageDataset {
    /** A short name with the split, such as {@code cifar10/test}. */
    String id();

    /** The number of images. */
    int size();

    /** The size of every image. */
    ImageShape shape();

    /** The names of the classes; labels index this list. None if nobody has labelled the images. */
    List<String> classNames();

    /** Whether it is known what the images show. */
    default boolean labelled() {
        return !classNames().isEmpty();
    }

    /**
     * The pixels of an image.
     *
     * @param index in [0, size)
     * @return a fresh array of {@code C·H·W} unsigned grey levels, channel by channel, rows from top to bottom (RGB)
     */
    byte[] pixels(int index);

    /** The label of an image, in [0, {@code classNames().size()}); −1 for all where they are not {@link #labelled()}. */
    int label(int index);

    /** A name for the image that stays the same wherever the data lie, such as {@code cifar10/test/00042}. */
    String imageId(int index);

    /**
     * SHA-256 over shape, labels and pixels of all images, in hexadecimal; where images are decoded from files, over
     * those files' bytes in place of the pixels, since decoders may differ in the last bit.
     */
    String checksum();

    /** How many images there are of which size, where they may differ from {@link #shape()} until they are scaled. */
    default Map<ImageShape, Integer> sizes() {
        return Map.of(shape(), size());
    }

    /** What a reader should know of the set, in a sentence each: files that were left out, how arrays were read. */
    default List<String> remarks() {
        return List.of();
    }

    /**
     * What was found to be unreadable when the set was opened, in a sentence each. Images among it keep their indices, so that those of
     * others do not shift; asking for their pixels throws.
     */
    default List<String> unreadable() {
        return List.of();
    }

    /**
     * What of an image's file is not in its pixels, in a sentence each: a colour profile, an alpha channel. Decodes the image.
     *
     * @throws RedrlException if it cannot be read, naming it
     */
    default List<String> remarks(int index) {
        Checks.inRange("image index", index, 0, size() - 1);
        return List.of();
    }

    /** Why an image cannot be read, naming its file; empty if it can. Decodes the image. */
    default Optional<String> failure(int index) {
        try {
            pixels(index);
            return Optional.empty();
        } catch (RedrlException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** An image. */
    default Image image(int index) {
        return new Image(shape(), pixels(index));
    }

    /** Several images. */
    default List<Image> images(int... indices) {
        return Arrays.stream(indices)
                .mapToObj(index -> image(Checks.inRange("image index", index, 0, size() - 1)))
                .toList();
    }

    /** The labels of several images. */
    default long[] labels(int[] indices) {
        long[] labels = new long[indices.length];
        for (int i = 0; i < indices.length; i++) {
            labels[i] = label(Checks.inRange("image index", indices[i], 0, size() - 1));
        }
        return labels;
    }
}
