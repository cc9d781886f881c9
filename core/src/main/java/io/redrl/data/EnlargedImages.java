package io.redrl.data;

import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.image.Scaling;
import java.util.List;
import java.util.Optional;

/**
 * Images of a data set at a larger size: bilinear, corners not aligned, rounded half up to 8 bits, as torchvision's {@code Resize} does it.
 * The paper's published code enlarges CIFAR-10 so before victims see it. Enlarged when asked for; nothing is kept.
 */
final class EnlargedImages implements ImageDataset {
    private final ImageDataset whole;
    private final ImageShape shape;

    /**
     * The images of {@code whole} at another size.
     *
     * @param side of the larger images, in pixels; not below that of the images
     */
    EnlargedImages(ImageDataset whole, int side) {
        ImageShape own = whole.shape();
        Checks.require(
                side >= own.height() && side >= own.width() && side <= LARGEST_SIDE,
                "enlarge must be at least the size of the images of %s, %d×%d, and at most %d; got %d",
                whole.id(),
                own.height(),
                own.width(),
                LARGEST_SIDE,
                side);
        this.whole = whole;
        this.shape = new ImageShape(own.channels(), side, side);
    }

    private static final int LARGEST_SIDE = 1024;

    /** Such as {@code cifar10-64/test} of {@code cifar10/test}. */
    @Override
    public String id() {
        return renamed(whole.id());
    }

    private String renamed(String id) {
        return id.replaceFirst("(/|$)", "-" + shape.height() + "$1");
    }

    @Override
    public int size() {
        return whole.size();
    }

    @Override
    public ImageShape shape() {
        return shape;
    }

    @Override
    public List<String> classNames() {
        return whole.classNames();
    }

    @Override
    public byte[] pixels(int index) {
        return Scaling.scaled(new Image(whole.shape(), whole.pixels(index)), shape)
                .pixels();
    }

    @Override
    public int label(int index) {
        return whole.label(index);
    }

    @Override
    public String imageId(int index) {
        return renamed(whole.imageId(index));
    }

    @Override
    public String checksum() {
        return Checksums.of(whole.checksum() + " enlarged to " + shape + " by " + Scaling.METHOD);
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
        return whole.remarks(index);
    }

    @Override
    public Optional<String> failure(int index) {
        return whole.failure(index);
    }
}
