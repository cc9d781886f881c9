package io.redrl.calibration;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.attack.AttackClass;
import io.redrl.attack.Storage;
import io.redrl.base.Checks;
import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.image.ImageShape;
import io.redrl.recognition.Exposure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Images that no known attack made, put together from images that known attacks did make. Scores of strangeness are compared on
 * those made of validation images, so that nothing about the attacks that stand for the unknown in tests decides which score is
 * used; {@link Exposure} shows some kinds, made of training images.
 */
public enum SyntheticOutlier {
    /** The left half from one attack, the right half from another. */
    HALVES("two halves"),
    /** The changes of two attacks added up. */
    SUM("sum of two"),
    /** One attack's change with its pixels in random order: as strong, without structure. */
    SHUFFLED("shuffled"),
    /** One attack's change at the two per cent of pixels where it is largest, eight times as strong there. */
    SPARSE("few pixels"),
    /** The sign of one attack's change over squares of 4×4 pixels, as strong everywhere as at its strongest. */
    COARSE("coarse squares"),
    /** The sign of one attack's change, as strong everywhere as at its strongest. */
    SATURATED("signs");

    /** Those that {@link Exposure} shows; then scores are compared on the others alone. */
    public static final Set<SyntheticOutlier> IN_TRAINING = Set.of(HALVES, SPARSE, COARSE);

    private static final double SPARSE_PART = 0.02;
    private static final int SPARSE_FACTOR = 8;
    private static final int SQUARE = 4;

    private final String label;

    SyntheticOutlier(String label) {
        this.label = label;
    }

    /** Its name in tables. */
    public String label() {
        return label;
    }

    /**
     * An image.
     *
     * @param kind how it was made
     * @param row its pixels, as unsigned grey levels; the rest as in the row that it was made from, the first of two
     */
    public record Image(SyntheticOutlier kind, AdversarialExample row) {
        /** The index of the image that it was made from. */
        public int index() {
            return row.index();
        }

        /** Unsigned grey levels {@code [C,H,W]}. */
        public byte[] pixels() {
            return row.pixels();
        }
    }

    /**
     * One image of each kind from each image that two attacks or more have changed; none where nothing strange would come of
     * it, because it would be the clean image or one of the rows.
     *
     * @param rows with 8-bit pixels
     * @param data the split that the rows' indices belong to
     * @param seed of which attacks are taken and of random orders
     */
    public static List<Image> of(List<AdversarialExample> rows, ImageDataset data, Seed seed) {
        Map<Integer, List<AdversarialExample>> changed = new TreeMap<>();
        for (AdversarialExample row : rows) {
            Checks.require(
                    row.image().storage() == Storage.UINT8,
                    "images that strange ones are made from must be stored as uint8, got %s",
                    row.image().storage());
            if (!row.attack().equals(AttackClass.CLEAN.id()) && row.outcome().linf() > 0) {
                changed.computeIfAbsent(row.index(), k -> new ArrayList<>()).add(row);
            }
        }
        List<Image> images = new ArrayList<>();
        changed.forEach((index, own) -> {
            if (own.size() > 1) {
                byte[] clean = data.pixels(index);
                for (SyntheticOutlier kind : values()) {
                    SplittableRandom random =
                            seed.child(index).child(kind.name()).random();
                    int a = random.nextInt(own.size());
                    int b = (a + 1 + random.nextInt(own.size() - 1)) % own.size();
                    byte[] pixels = kind.pixels(
                            clean,
                            change(own.get(a).pixels(), clean),
                            change(own.get(b).pixels(), clean),
                            data.shape(),
                            random);
                    if (!Arrays.equals(pixels, clean)
                            && own.stream().noneMatch(row -> Arrays.equals(pixels, row.pixels()))) {
                        images.add(new Image(kind, own.get(a).withPixels(pixels)));
                    }
                }
            }
        });
        return images;
    }

    private static int[] change(byte[] pixels, byte[] clean) {
        int[] change = new int[pixels.length];
        for (int i = 0; i < change.length; i++) {
            change[i] = (pixels[i] & 0xff) - (clean[i] & 0xff);
        }
        return change;
    }

    private byte[] pixels(byte[] clean, int[] a, int[] b, ImageShape shape, SplittableRandom random) {
        int plane = shape.height() * shape.width();
        int[] change = new int[a.length];
        switch (this) {
            case HALVES -> {
                for (int i = 0; i < a.length; i++) {
                    change[i] = i % shape.width() < shape.width() / 2 ? a[i] : b[i];
                }
            }
            case SUM -> {
                for (int i = 0; i < a.length; i++) {
                    change[i] = a[i] + b[i];
                }
            }
            case SHUFFLED -> {
                int[] order = Seed.permutation(plane, random);
                for (int i = 0; i < a.length; i++) {
                    change[i] = a[i - i % plane + order[i % plane]];
                }
            }
            case SPARSE -> {
                int least = strength(a, plane, (int) Math.ceil(SPARSE_PART * plane));
                for (int i = 0; i < a.length; i++) {
                    change[i] = size(a, i % plane, plane) >= least ? SPARSE_FACTOR * a[i] : 0;
                }
            }
            case COARSE -> coarse(a, change, shape);
            case SATURATED -> {
                int strongest = strongest(a);
                for (int i = 0; i < a.length; i++) {
                    change[i] = Integer.signum(a[i]) * strongest;
                }
            }
        }
        byte[] pixels = new byte[a.length];
        for (int i = 0; i < a.length; i++) {
            pixels[i] = (byte) Math.max(0, Math.min(255, (clean[i] & 0xff) + change[i]));
        }
        return pixels;
    }

    /** Σ |change| of a pixel over its channels. */
    private static int size(int[] change, int pixel, int plane) {
        int sum = 0;
        for (int i = pixel; i < change.length; i += plane) {
            sum += Math.abs(change[i]);
        }
        return sum;
    }

    /** The size of the pixel that is {@code rank}-th by size, at least 1. */
    private static int strength(int[] change, int plane, int rank) {
        int[] sizes = new int[plane];
        for (int i = 0; i < plane; i++) {
            sizes[i] = size(change, i, plane);
        }
        Arrays.sort(sizes);
        return Math.max(1, sizes[plane - rank]);
    }

    private static int strongest(int[] change) {
        return Arrays.stream(change).map(Math::abs).max().orElse(0);
    }

    private static void coarse(int[] from, int[] to, ImageShape shape) {
        int plane = shape.height() * shape.width();
        int strongest = strongest(from);
        for (int c = 0; c < shape.channels(); c++) {
            for (int y = 0; y < shape.height(); y += SQUARE) {
                for (int x = 0; x < shape.width(); x += SQUARE) {
                    int sum = 0;
                    for (int k = 0; k < SQUARE * SQUARE; k++) {
                        sum += from[place(shape, plane, c, y, x, k)];
                    }
                    for (int k = 0; k < SQUARE * SQUARE; k++) {
                        to[place(shape, plane, c, y, x, k)] = Integer.signum(sum) * strongest;
                    }
                }
            }
        }
    }

    private static int place(ImageShape shape, int plane, int c, int y, int x, int k) {
        int row = Math.min(shape.height() - 1, y + k / SQUARE);
        int column = Math.min(shape.width() - 1, x + k % SQUARE);
        return c * plane + row * shape.width() + column;
    }
}
