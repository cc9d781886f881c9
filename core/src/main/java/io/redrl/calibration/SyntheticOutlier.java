package io.redrl.calibration;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.attack.AttackClass;
import io.redrl.attack.Storage;
import io.redrl.base.Checks;
import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.image.ImageShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Kind of synthetic outlier: an image that no known attack made, put together from the perturbations of one or two that did. OOD
 * scores are compared on those made of validation images, so that nothing about the attacks that stand for the unknown in tests
 * decides which score is used; outlier exposure shows some kinds in training, made of training images.
 */
public enum SyntheticOutlier {
    /** The left half from one attack, the right half from another. */
    HALVES("two halves"),
    /** The perturbations of two attacks added up. */
    SUM("sum of two"),
    /** One attack's perturbation with its pixels in random order: as strong, without structure. */
    SHUFFLED("shuffled"),
    /** One attack's perturbation at the two per cent of pixels where it is largest, eight times as strong there. */
    SPARSE("few pixels"),
    /** The sign of one attack's perturbation over squares of 4×4 pixels, as strong everywhere as at its strongest. */
    COARSE("coarse squares"),
    /** The sign of one attack's perturbation, as strong everywhere as at its strongest. */
    SATURATED("signs");

    /** Those that outlier exposure shows; scores of a recogniser that was exposed are compared on the {@link #others} alone. */
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

    /** The kinds that are not among {@code kinds}. */
    public static Set<SyntheticOutlier> others(Set<SyntheticOutlier> kinds) {
        Set<SyntheticOutlier> others = EnumSet.allOf(SyntheticOutlier.class);
        others.removeAll(kinds);
        return others;
    }

    /**
     * A synthetic outlier.
     *
     * @param kind how it was made
     * @param row its pixels, as unsigned grey levels; the rest as in the row that it was made from, the first of two
     */
    public record Image(SyntheticOutlier kind, AdversarialExample row) {}

    /**
     * One image of each kind from each image that two attacks or more have changed; none where it would be the clean image or
     * one of the rows.
     *
     * @param rows with 8-bit pixels
     * @param kinds those to make; what one of them draws does not depend on the others
     * @param data the split that the rows' indices belong to
     * @param seed of which attacks are taken and of random orders
     */
    public static List<Image> of(
            List<AdversarialExample> rows, Set<SyntheticOutlier> kinds, ImageDataset data, Seed seed) {
        Map<Integer, List<AdversarialExample>> attacked = new TreeMap<>();
        for (AdversarialExample row : rows) {
            Checks.require(
                    row.image().storage() == Storage.UINT8,
                    "synthetic outliers are made from images stored as uint8, got %s",
                    row.image().storage());
            if (!row.attack().equals(AttackClass.CLEAN.id()) && row.outcome().linf() > 0) {
                attacked.computeIfAbsent(row.index(), k -> new ArrayList<>()).add(row);
            }
        }
        List<Image> images = new ArrayList<>();
        attacked.values().removeIf(own -> own.size() < 2);
        attacked.forEach((index, own) -> {
            byte[] clean = data.pixels(index);
            for (SyntheticOutlier kind : values()) {
                if (kinds.contains(kind)) {
                    SplittableRandom random =
                            seed.child(index).child(kind.name()).random();
                    int a = random.nextInt(own.size());
                    int b = (a + 1 + random.nextInt(own.size() - 1)) % own.size();
                    byte[] pixels = kind.pixels(
                            clean,
                            perturbation(own.get(a).pixels(), clean),
                            perturbation(own.get(b).pixels(), clean),
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

    /** Differences of grey levels. */
    private static int[] perturbation(byte[] pixels, byte[] clean) {
        int[] delta = new int[pixels.length];
        Arrays.setAll(delta, i -> (pixels[i] & 0xff) - (clean[i] & 0xff));
        return delta;
    }

    private byte[] pixels(byte[] clean, int[] a, int[] b, ImageShape shape, SplittableRandom random) {
        int plane = shape.height() * shape.width();
        int strongest = Arrays.stream(a).map(Math::abs).max().orElse(0);
        int[] delta = new int[a.length];
        switch (this) {
            case HALVES -> Arrays.setAll(delta, i -> i % shape.width() < shape.width() / 2 ? a[i] : b[i]);
            case SUM -> Arrays.setAll(delta, i -> a[i] + b[i]);
            case SHUFFLED -> {
                int[] order = Seed.permutation(plane, random);
                Arrays.setAll(delta, i -> a[i - i % plane + order[i % plane]]);
            }
            case SPARSE -> {
                int[] sizes = new int[plane]; // of each pixel, Σ |δ| over its channels
                for (int i = 0; i < a.length; i++) {
                    sizes[i % plane] += Math.abs(a[i]);
                }
                int rank = (int) Math.ceil(SPARSE_PART * plane);
                int least = Math.max(1, Arrays.stream(sizes).sorted().toArray()[plane - rank]);
                Arrays.setAll(delta, i -> sizes[i % plane] >= least ? SPARSE_FACTOR * a[i] : 0);
            }
            case COARSE -> Arrays.setAll(delta, i -> Integer.signum(squareSum(a, i, shape)) * strongest);
            case SATURATED -> Arrays.setAll(delta, i -> Integer.signum(a[i]) * strongest);
        }
        byte[] pixels = new byte[a.length];
        for (int i = 0; i < a.length; i++) {
            pixels[i] = (byte) Math.max(0, Math.min(255, (clean[i] & 0xff) + delta[i]));
        }
        return pixels;
    }

    /** The sum over the square of pixels that value {@code i} lies in; squares at the border repeat the last row and column. */
    private static int squareSum(int[] delta, int i, ImageShape shape) {
        int plane = shape.height() * shape.width();
        int top = i % plane / shape.width() / SQUARE * SQUARE;
        int left = i % shape.width() / SQUARE * SQUARE;
        int sum = 0;
        for (int y = top; y < top + SQUARE; y++) {
            for (int x = left; x < left + SQUARE; x++) {
                int row = Math.min(shape.height() - 1, y);
                sum += delta[i - i % plane + row * shape.width() + Math.min(shape.width() - 1, x)];
            }
        }
        return sum;
    }
}
