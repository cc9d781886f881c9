package io.redrl.data;

import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.image.ImageShape;
import java.util.Arrays;
import java.util.List;

/** Some images of a data set as a data set of their own: a cheap look at work that is meant for all of them. */
public final class ImageSubset implements ImageDataset {
    private final ImageDataset whole;
    private final int[] indices;

    private ImageSubset(ImageDataset whole, int[] indices) {
        this.whole = whole;
        this.indices = indices;
    }

    /**
     * So many images at equal distances, from the first on; all of them if there are no more.
     *
     * @param images at least 1
     */
    public static ImageSubset spread(ImageDataset whole, int images) {
        int count = Math.min(Checks.positive("images", images), whole.size());
        int[] indices = new int[count];
        Arrays.setAll(indices, i -> (int) ((long) i * whole.size() / count));
        return new ImageSubset(whole, indices);
    }

    @Override
    public String id() {
        return whole.id();
    }

    @Override
    public int size() {
        return indices.length;
    }

    @Override
    public ImageShape shape() {
        return whole.shape();
    }

    @Override
    public List<String> classNames() {
        return whole.classNames();
    }

    @Override
    public byte[] pixels(int index) {
        return whole.pixels(place(index));
    }

    @Override
    public int label(int index) {
        return whole.label(place(index));
    }

    @Override
    public String imageId(int index) {
        return whole.imageId(place(index));
    }

    @Override
    public List<String> remarks() {
        return whole.remarks();
    }

    @Override
    public List<String> unreadable() {
        return whole.unreadable();
    }

    @Override
    public List<String> remarks(int index) {
        return whole.remarks(place(index));
    }

    /** Of the whole data set's checksum and the indices: the images' own bytes are in the first. */
    @Override
    public String checksum() {
        return Checksums.of(whole.checksum() + Arrays.toString(indices));
    }

    private int place(int index) {
        return indices[Checks.inRange("image index", index, 0, indices.length - 1)];
    }
}
