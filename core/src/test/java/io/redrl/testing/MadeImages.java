package io.redrl.testing;

import io.redrl.base.Checksums;
import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.identify.Box;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/**
 * Images drawn by a function of their index, whose labels take turns.
 *
 * @param id the set's name
 * @param drawing unsigned grey levels {@code [C,H,W]}
 */
public record MadeImages(String id, int size, ImageShape shape, List<String> classNames, IntFunction<byte[]> drawing)
        implements ImageDataset {
    private static final List<String> COLOURS = List.of("red", "green", "blue");

    /** Images of 4×4 random pixels in three classes. */
    public static MadeImages random(int size) {
        ImageShape shape = ImageShape.square(4);
        return new MadeImages("small/test", size, shape, List.of("a", "b", "c"), index -> {
            byte[] pixels = new byte[shape.values()];
            new Seed(index).random().nextBytes(pixels);
            return pixels;
        });
    }

    /** Noise whose class is the channel that is brightest: learnt in a few steps. The name seeds the noise. */
    public static MadeImages colours(String id, int size, int side) {
        return new MadeImages(id, size, ImageShape.square(side), COLOURS, index -> {
            SplittableRandom random = new Seed(5).child(id).child(index).random();
            byte[] pixels = new byte[3 * side * side];
            for (int i = 0; i < pixels.length; i++) {
                int brighter = i / (side * side) == index % 3 ? 60 : 0;
                pixels[i] = (byte) (random.nextInt(160) + brighter);
            }
            return pixels;
        });
    }

    @Override
    public byte[] pixels(int index) {
        return drawing.apply(index);
    }

    @Override
    public int label(int index) {
        return index % classNames.size();
    }

    @Override
    public String imageId(int index) {
        return id + "/" + index;
    }

    @Override
    public String checksum() {
        return Checksums.of(id + size + shape);
    }

    /** Smooth waves of light in three slightly different colours. */
    public static Image smooth(ImageShape shape, long seed) {
        SplittableRandom random = new Seed(seed).random();
        double a = random.nextDouble(0.05, 0.3);
        double b = random.nextDouble(0.05, 0.3);
        byte[] pixels = new byte[shape.values()];
        int plane = shape.height() * shape.width();
        for (int i = 0; i < plane; i++) {
            double light = 128 + 60 * Math.sin(a * Math.floorDiv(i, shape.width()) + b * (i % shape.width()));
            for (int c = 0; c < 3; c++) {
                pixels[c * plane + i] = (byte) Math.round(light + 10 * c - 10);
            }
        }
        return new Image(shape, pixels);
    }

    /** Adds ±level to every colour of every pixel inside a box, each on its own; to all colours alike if {@code grey}. */
    public static Image grained(Image image, Box box, int level, boolean grey) {
        ImageShape shape = image.shape();
        byte[] grained = image.pixels().clone();
        SplittableRandom random = new Seed(5).random();
        int plane = shape.height() * shape.width();
        for (int y = box.top(); y < box.top() + box.height(); y++) {
            for (int x = box.left(); x < box.left() + box.width(); x++) {
                int all = random.nextBoolean() ? level : -level;
                for (int c = 0; c < 3; c++) {
                    int at = c * plane + y * shape.width() + x;
                    int step = grey ? all : random.nextBoolean() ? level : -level;
                    grained[at] = (byte) Math.max(0, Math.min(255, (grained[at] & 0xff) + step));
                }
            }
        }
        return new Image(shape, grained);
    }

    public static Box whole(ImageShape shape) {
        return new Box(0, 0, shape.width(), shape.height(), 1);
    }

    /** The part that two boxes share of both together. */
    public static double overlap(Box a, Box b) {
        int across = Math.min(a.left() + a.width(), b.left() + b.width()) - Math.max(a.left(), b.left());
        int down = Math.min(a.top() + a.height(), b.top() + b.height()) - Math.max(a.top(), b.top());
        double both = Math.max(0, across) * Math.max(0, down);
        return both / (a.width() * a.height() + b.width() * b.height() - both);
    }
}
