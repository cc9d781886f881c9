package io.redrl.identify;

import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.image.Mirror;
import java.util.Arrays;

/**
 * How much fine grain an image has in which its colours disagree.
 *
 * <p>Attacks move each colour of each pixel on its own. Photographs hardly do: their fine detail is light and shade, the same
 * in all three colours, and the differences R − G and B − G are smooth (JPEG, which most were at some time, keeps them at
 * half the resolution). So what a 3×3 high-pass filter leaves of these two differences is mostly the attack:
 *
 * <pre>  h = K ∗ (R − G) and K ∗ (B − G),   4 K = ((1, −2, 1), (−2, 4, −2), (1, −2, 1))</pre>
 *
 * with the kernel of the spatial rich model (Fridrich and Kodovský, "Rich Models for Steganalysis of Digital Images", 2012).
 * At the border the image is continued by its mirror image.
 */
final class ChromaResidual {
    /** 4 |h| of R − G and of B − G, in grey levels, rows from top to bottom: whole numbers, half as large as floats. */
    private final short[][] levels;

    private final int height;
    private final int width;

    private ChromaResidual(short[][] levels, int height, int width) {
        this.levels = levels;
        this.height = height;
        this.width = width;
    }

    /** @param image of three channels */
    static ChromaResidual of(Image image) {
        ImageShape shape = image.shape();
        byte[] pixels = image.pixels();
        int plane = shape.height() * shape.width();
        short[][] levels = new short[2][];
        for (int k = 0; k < 2; k++) {
            int colour = 2 * k * plane; // red, then blue
            short[] difference = new short[plane];
            for (int i = 0; i < plane; i++) {
                difference[i] = (short) ((pixels[colour + i] & 0xff) - (pixels[plane + i] & 0xff));
            }
            levels[k] = highPass(difference, shape.height(), shape.width());
        }
        return new ChromaResidual(levels, shape.height(), shape.width());
    }

    private static short[] highPass(short[] plane, int height, int width) {
        short[] result = new short[plane.length];
        for (int y = 0; y < height; y++) {
            int above = Mirror.index(y - 1, height) * width;
            int at = y * width;
            int below = Mirror.index(y + 1, height) * width;
            for (int x = 0; x < width; x++) {
                int left = Mirror.index(x - 1, width);
                int right = Mirror.index(x + 1, width);
                int corners = plane[above + left] + plane[above + right] + plane[below + left] + plane[below + right];
                int sides = plane[above + x] + plane[below + x] + plane[at + left] + plane[at + right];
                result[at + x] = (short) Math.abs(corners - 2 * sides + 4 * plane[at + x]);
            }
        }
        return result;
    }

    int height() {
        return height;
    }

    int width() {
        return width;
    }

    /** The median of |h| inside a part of the image, in grey levels. */
    double median(int left, int top, int across, int down) {
        short[] inside = new short[2 * across * down];
        int count = 0;
        for (short[] colour : levels) {
            for (int y = top; y < top + down; y++) {
                System.arraycopy(colour, y * width + left, inside, count, across);
                count += across;
            }
        }
        Arrays.sort(inside);
        return (inside[(count - 1) / 2] + inside[count / 2]) / 8.0;
    }

    /**
     * The sum over both differences at a pixel, each cut off: an edge between two colours must not outshout a faint patch.
     */
    double cut(int y, int x, double most) {
        int at = y * width + x;
        return Math.min(levels[0][at] / 4.0, most) + Math.min(levels[1][at] / 4.0, most);
    }
}
