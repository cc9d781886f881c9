package io.redrl.training;

import io.redrl.base.Seed;
import io.redrl.image.ImageShape;
import java.util.SplittableRandom;

/**
 * Random mirroring and shifting of 8-bit images, in plain Java: far cheaper than a training step.
 *
 * @param flips whether images are mirrored left to right half of the time
 * @param padding pixels by which an image may move in each direction; what moves in is black
 */
public record Augmentation(boolean flips, int padding) {

    /**
     * Writes a random variant of an image, which depends on {@code seed} alone.
     *
     * @param image {@code C·H·W} grey levels
     * @param shape the image's size
     * @param seed of this image in this epoch
     * @param target where the variant goes
     * @param offset index of its first value in {@code target}
     */
    public void apply(byte[] image, ImageShape shape, Seed seed, byte[] target, int offset) {
        SplittableRandom random = seed.random();
        boolean flip = flips && random.nextBoolean();
        int down = padding == 0 ? 0 : random.nextInt(-padding, padding + 1);
        int right = padding == 0 ? 0 : random.nextInt(-padding, padding + 1);
        int width = shape.width();
        int first = Math.max(0, right);
        int end = Math.min(width, width + right);
        for (int row = 0; row < shape.channels() * shape.height(); row++) {
            int y = row % shape.height() - down;
            int out = offset + row * width;
            if (y < 0 || y >= shape.height()) {
                java.util.Arrays.fill(target, out, out + width, (byte) 0);
                continue;
            }
            int in = (row - down) * width;
            for (int x = 0; x < width; x++) {
                int from = x - right;
                boolean inside = x >= first && x < end;
                target[out + x] = inside ? image[in + (flip ? width - 1 - from : from)] : 0;
            }
        }
    }
}
