package io.redrl.training;

import io.redrl.base.Checksums;
import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.image.ImageShape;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Noisy images of small size whose class is the channel that is brightest: learnt in a few steps.
 *
 * @param id the set's name, which also seeds its noise
 * @param size number of images
 * @param side pixels
 */
record ColourImages(String id, int size, int side) implements ImageDataset {
    @Override
    public ImageShape shape() {
        return ImageShape.square(side);
    }

    @Override
    public List<String> classNames() {
        return List.of("red", "green", "blue");
    }

    @Override
    public byte[] pixels(int index) {
        SplittableRandom random = new Seed(5).child(id).child(index).random();
        byte[] pixels = new byte[shape().values()];
        for (int i = 0; i < pixels.length; i++) {
            int brighter = i / (side * side) == label(index) ? 60 : 0;
            pixels[i] = (byte) (random.nextInt(160) + brighter);
        }
        return pixels;
    }

    @Override
    public int label(int index) {
        return index % 3;
    }

    @Override
    public String imageId(int index) {
        return id + "/" + index;
    }

    @Override
    public String checksum() {
        return Checksums.of(id + size + "×" + side);
    }
}
