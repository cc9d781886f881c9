package io.redrl.image;

import java.util.Arrays;

/**
 * Images at another size: each side on its own, with a {@link Kernel} on the coarser of the two grids; unless another is named, the
 * triangle, which is bilinear interpolation with antialiasing, as Pillow and torchvision have it. Proportions are not
 * kept, and nothing is cut off.
 */
public final class Scaling {
    /** Names the method in checksums. */
    public static final String METHOD = "triangle filter";

    private Scaling() {}

    /**
     * The scaled image, grey levels rounded half up; the same image if it has the size already.
     *
     * @param to the size wanted, with as many channels
     */
    public static Image scaled(Image image, ImageShape to) {
        return scaled(image, to, Kernel.TRIANGLE);
    }

    /**
     * The image scaled with another kernel.
     *
     * @see #scaled(Image, ImageShape)
     */
    public static Image scaled(Image image, ImageShape to, Kernel kernel) {
        ImageShape from = image.shape();
        if (from.equals(to)) {
            return image;
        }
        byte[] pixels = image.pixels();
        double[][] across = weights(from.width(), to.width(), kernel);
        double[][] down = weights(from.height(), to.height(), kernel);
        byte[] result = new byte[from.channels() * to.height() * to.width()];
        // Rows at their new width, of which no more are kept than a new row is made of: of a large image all would take
        // much memory.
        int kept = Arrays.stream(down).mapToInt(row -> row.length - 1).max().orElse(1);
        double[][] narrow = new double[kept][to.width()];
        for (int c = 0; c < from.channels(); c++) {
            int plane = c * from.height() * from.width();
            int next = 0;
            for (int y = 0; y < to.height(); y++) {
                int first = (int) down[y][0];
                for (; next < first + down[y].length - 1; next++) {
                    narrow(pixels, plane + next * from.width(), across, narrow[next % kept]);
                }
                for (int x = 0; x < to.width(); x++) {
                    double sum = 0;
                    for (int k = 1; k < down[y].length; k++) {
                        sum += down[y][k] * narrow[(first + k - 1) % kept][x];
                    }
                    result[(c * to.height() + y) * to.width() + x] =
                            (byte) Math.max(0, Math.min(255, (int) Math.floor(sum + 0.5)));
                }
            }
        }
        return new Image(to, result);
    }

    private static void narrow(byte[] pixels, int row, double[][] across, double[] narrow) {
        for (int x = 0; x < narrow.length; x++) {
            double sum = 0;
            int first = row + (int) across[x][0];
            for (int k = 1; k < across[x].length; k++) {
                sum += across[x][k] * (pixels[first + k - 1] & 0xff);
            }
            narrow[x] = sum;
        }
    }

    /** The size at which neither side is longer than wanted, in proportion; the same if neither is. */
    public static ImageShape within(ImageShape shape, int longest) {
        int longer = Math.max(shape.height(), shape.width());
        if (longer <= longest) {
            return shape;
        }
        int height = (int) (shape.height() * (long) longest / longer);
        int width = (int) (shape.width() * (long) longest / longer);
        return new ImageShape(shape.channels(), Math.max(1, height), Math.max(1, width));
    }

    /** For each place on the new side: the first place of the old one that counts, then the weights from there on. */
    private static double[][] weights(int from, int to, Kernel kernel) {
        double scale = from / (double) to;
        double wider = Math.max(scale, 1);
        double reach = wider * kernel.support();
        double[][] all = new double[to][];
        for (int i = 0; i < to; i++) {
            double centre = (i + 0.5) * scale;
            int first = Math.max(0, (int) Math.floor(centre - reach));
            int last = Math.min(from - 1, (int) Math.ceil(centre + reach));
            double[] own = new double[last - first + 2];
            own[0] = first;
            double sum = 0;
            for (int j = first; j <= last; j++) {
                double weight = kernel.at((j + 0.5 - centre) / wider);
                own[j - first + 1] = weight;
                sum += weight;
            }
            for (int k = 1; k < own.length; k++) {
                own[k] /= sum;
            }
            all[i] = own;
        }
        return all;
    }
}
