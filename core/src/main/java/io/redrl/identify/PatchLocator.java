package io.redrl.identify;

import java.util.Optional;

/**
 * Finds the box in which a local perturbation, such as a patch, sits.
 *
 * <p>Of all boxes up to 20 by 20 cells, no side more than twice the other, it takes the one whose inside differs most from
 * the outside in mean {@link ChromaResidual}, upwards: the greatest
 *
 * <pre>  share = n (N − n) / N² · (m_in − m_out)² / variance</pre>
 *
 * which is the part of the variance that two means explain, and what a maximum-likelihood fit of one box on even ground
 * maximises. Grain is cut off at 12 grey levels. Images of more than 32 pixels a side are divided into that many cells; in those of more
 * than 64, photographs whose grain ends where a sky or a blurred ground begins, no side is more than two fifths of the image's, and the box
 * must have an edge: four in five of its outermost
 * cells above the middle between inside and outside, and four in five of those around it below.
 *
 * <p>What it can do (test images 9000 to 9127 of CIFAR-10, patches on a ResNet20): docs/identify.md.
 */
final class PatchLocator {
    /** A patch is found at this share: of boxes found in patched images, four in five then overlap it by half or more. */
    static final double SHARE_OF_A_PATCH = 0.25;

    /** What one in twenty clean images reaches: asked for where nothing else says that there is a patch. */
    static final double SHARE_OF_ITSELF = 0.35;

    private static final double MOST_GRAIN = 12;
    private static final double EDGE = 0.8;
    private static final int CELLS = 32;
    private static final int LEAST_SIDE = 3;
    private static final int MOST_SIDE = 20;

    private PatchLocator() {}

    /** The best box, whatever its share; empty if the image has fewer than 8 pixels a side or no grain that varies. */
    static Optional<Box> best(ChromaResidual noise) {
        if (Math.min(noise.height(), noise.width()) < 8) {
            return Optional.empty();
        }
        int cell = (Math.max(noise.height(), noise.width()) + CELLS - 1) / CELLS;
        int rows = noise.height() / cell;
        int columns = noise.width() / cell;
        double[][] sums = new double[rows + 1][columns + 1];
        double squares = 0;
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < columns; x++) {
                double mean = mean(noise, y * cell, x * cell, cell);
                squares += mean * mean;
                sums[y + 1][x + 1] = mean + sums[y][x + 1] + sums[y + 1][x] - sums[y][x];
            }
        }
        int cells = rows * columns;
        double total = sums[rows][columns];
        double variance = squares / cells - total / cells * (total / cells);
        if (variance < 1e-9) {
            return Optional.empty();
        }
        Box best = new Box(0, 0, 0, 0, 0);
        boolean large = cell > 2;
        int highest = Math.min(MOST_SIDE, large ? 2 * rows / 5 : rows);
        for (int down = LEAST_SIDE; down <= highest; down++) {
            int widest = Math.min(Math.min(MOST_SIDE, 2 * down), large ? 2 * columns / 5 : columns);
            for (int across = Math.max(LEAST_SIDE, (down + 1) / 2); across <= widest; across++) {
                best = best(sums, down, across, total, variance, best);
            }
        }
        return best.share() == 0 || (large && !hasEdge(sums, best))
                ? Optional.empty()
                : Optional.of(new Box(
                        best.left() * cell,
                        best.top() * cell,
                        best.width() * cell,
                        best.height() * cell,
                        best.share()));
    }

    /** Whether grain begins and ends with the box, as that of a patch does. Cells beyond the image do not count. */
    private static boolean hasEdge(double[][] sums, Box box) {
        int rows = sums.length - 1;
        int columns = sums[0].length - 1;
        int right = box.left() + box.width();
        int bottom = box.top() + box.height();
        double in =
                sums[bottom][right] - sums[box.top()][right] - sums[bottom][box.left()] + sums[box.top()][box.left()];
        double cells = box.width() * (double) box.height();
        double middle = (in / cells + (sums[rows][columns] - in) / (rows * (double) columns - cells)) / 2;
        int inner = 0;
        int above = 0;
        int outer = 0;
        int below = 0;
        for (int y = Math.max(0, box.top() - 1); y < Math.min(rows, bottom + 1); y++) {
            for (int x = Math.max(0, box.left() - 1); x < Math.min(columns, right + 1); x++) {
                double cell = sums[y + 1][x + 1] - sums[y][x + 1] - sums[y + 1][x] + sums[y][x];
                if (!new Box(box.left(), box.top(), box.width(), box.height(), 0).contains(x, y)) {
                    outer++;
                    below += cell < middle ? 1 : 0;
                } else if (x == box.left() || x == right - 1 || y == box.top() || y == bottom - 1) {
                    inner++;
                    above += cell > middle ? 1 : 0;
                }
            }
        }
        return above >= EDGE * inner && below >= EDGE * outer && outer > 0;
    }

    private static double mean(ChromaResidual noise, int top, int left, int cell) {
        double sum = 0;
        for (int y = top; y < top + cell; y++) {
            for (int x = left; x < left + cell; x++) {
                sum += noise.cut(y, x, MOST_GRAIN);
            }
        }
        return sum / (cell * cell);
    }

    /** The best of all boxes of one size and the best so far, in cells. */
    private static Box best(double[][] sums, int down, int across, double total, double variance, Box soFar) {
        int rows = sums.length - 1;
        int columns = sums[0].length - 1;
        double all = rows * (double) columns;
        double inside = down * (double) across;
        Box best = soFar;
        if (inside >= all) {
            return best;
        }
        for (int y = 0; y + down <= rows; y++) {
            for (int x = 0; x + across <= columns; x++) {
                double sum = sums[y + down][x + across] - sums[y][x + across] - sums[y + down][x] + sums[y][x];
                double difference = sum / inside - (total - sum) / (all - inside);
                double share = inside * (all - inside) / (all * all) * difference * difference / variance;
                if (difference > 0 && share > best.share()) {
                    best = new Box(x, y, across, down, share);
                }
            }
        }
        return best;
    }
}
