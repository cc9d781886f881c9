package io.redrl.adversarial;

import io.redrl.base.Checksums;
import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.image.ImageShape;
import java.util.List;

/** Images of 4×4 random pixels in three classes. */
record SmallImages(int size, String name) implements ImageDataset {
    static SmallImages of(int size) {
        return new SmallImages(size, "small/test");
    }

    @Override
    public String id() {
        return name;
    }

    @Override
    public ImageShape shape() {
        return ImageShape.square(4);
    }

    @Override
    public List<String> classNames() {
        return List.of("a", "b", "c");
    }

    @Override
    public byte[] pixels(int index) {
        byte[] pixels = new byte[shape().values()];
        new Seed(index).random().nextBytes(pixels);
        return pixels;
    }

    @Override
    public int label(int index) {
        return index % 3;
    }

    @Override
    public String imageId(int index) {
        return name + "/" + index;
    }

    @Override
    public String checksum() {
        return Checksums.of("small " + size);
    }
}
