package io.redrl.saliency;

import io.redrl.base.Checks;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.stats.OrderStatistics;
import java.util.Arrays;

/**
 * Heat map of input-space saliency as a picture. What is below the 90th percentile is cold, what is above the 99th is hot,
 * so that a few extreme pixels do not put out all others; then a light blur, after which the hottest pixel is hot again;
 * then colours whose lightness rises with the heat, so that they read the same in grey.
 *
 * <p>Maps are H·W values, finite and not negative, rows from top to bottom.
 */
public final class HeatPicture {
    private static final double COLD = 0.90;
    private static final double HOT = 0.99;

    /** Standard deviation of the blur in pixels of an image 32 pixels wide. */
    private static final double SIGMA_AT_32 = 0.7;

    /** How much of the heat's colour covers the image where it is coldest, and where it is hottest. */
    private static final double COLD_ALPHA = 0.45;

    private static final double HOT_ALPHA = 0.90;

    /** Colours at equal steps of heat from 0 to 1, after the map "inferno" of matplotlib. */
    private static final int[] ANCHORS = {
        0x000004, 0x1f0c48, 0x550f6d, 0x88226a, 0xba3655, 0xe35933, 0xf98c0a, 0xf9c932, 0xfcffa4
    };

    private HeatPicture() {}

    /**
     * The map in colours.
     *
     * @param shape of the image that it is of
     */
    public static Image heat(double[] map, ImageShape shape) {
        double[] heat = shown(map, shape.height(), shape.width());
        byte[] levels = new byte[3 * heat.length];
        for (int i = 0; i < heat.length; i++) {
            double[] colour = colour(heat[i]);
            for (int c = 0; c < 3; c++) {
                levels[c * heat.length + i] = level(colour[c]);
            }
        }
        return new Image(new ImageShape(3, shape.height(), shape.width()), levels);
    }

    /**
     * The map in colours over the image in grey: the hotter, the more of it is covered.
     *
     * @param image of three channels
     */
    public static Image overlay(double[] map, Image image) {
        Checks.require(image.shape().channels() == 3, "an image of 3 channels is needed, got %s", image.shape());
        byte[] colours = image.pixels();
        int pixels = colours.length / 3;
        double[] heat = shown(map, image.height(), image.width());
        byte[] levels = new byte[colours.length];
        for (int i = 0; i < pixels; i++) {
            double grey = luminance(colours[i] & 0xff, colours[pixels + i] & 0xff, colours[2 * pixels + i] & 0xff);
            double alpha = COLD_ALPHA + (HOT_ALPHA - COLD_ALPHA) * heat[i];
            double[] colour = colour(heat[i]);
            for (int c = 0; c < 3; c++) {
                levels[c * pixels + i] = level(alpha * colour[c] + (1 - alpha) * grey);
            }
        }
        return new Image(image.shape(), levels);
    }

    /** The heat of each pixel as it is painted, from 0 to 1. */
    private static double[] shown(double[] map, int height, int width) {
        double[] heat = blurred(heatOf(map), height, width);
        double hottest = Arrays.stream(heat).max().orElse(0);
        return hottest > 0 ? Arrays.stream(heat).map(h -> h / hottest).toArray() : heat;
    }

    /**
     * The map between its percentiles, from 0 to 1. Where the two percentiles are equal, the maximum is hot, as in a map
     * with a few hot pixels; where that is no more than the lower percentile, the minimum is cold, as in a map with many
     * equally hot ones. A constant map is cold all over.
     */
    static double[] heatOf(double[] map) {
        for (double value : map) {
            Checks.require(
                    value >= 0 && Double.isFinite(value), "a saliency map is finite and not negative, got %s", value);
        }
        double low = OrderStatistics.interpolated(map, COLD);
        double high = OrderStatistics.interpolated(map, HOT);
        double hot = high > low ? high : Arrays.stream(map).max().orElse(low);
        double cold = hot > low ? low : Arrays.stream(map).min().orElse(low);
        return Arrays.stream(map)
                .map(v -> hot > cold ? Math.min(1, Math.max(0, (v - cold) / (hot - cold))) : 0)
                .toArray();
    }

    /** A Gaussian blur, first along rows, then along columns; at the edges the weights inside add up to 1. */
    static double[] blurred(double[] heat, int height, int width) {
        Checks.require(
                heat.length == height * width,
                "a map of %d × %d pixels has %d values, got %d",
                height,
                width,
                height * width,
                heat.length);
        double sigma = SIGMA_AT_32 * Math.min(height, width) / 32;
        double[] rows = new double[heat.length];
        for (int y = 0; y < height; y++) {
            blurLine(heat, rows, y * width, 1, width, sigma);
        }
        double[] both = new double[heat.length];
        for (int x = 0; x < width; x++) {
            blurLine(rows, both, x, width, height, sigma);
        }
        return both;
    }

    private static void blurLine(double[] from, double[] to, int start, int step, int length, double sigma) {
        int radius = (int) Math.ceil(3 * sigma);
        for (int i = 0; i < length; i++) {
            double sum = 0;
            double weights = 0;
            for (int j = Math.max(0, i - radius); j <= Math.min(length - 1, i + radius); j++) {
                double weight = Math.exp(-(i - j) * (i - j) / (2 * sigma * sigma));
                sum += weight * from[start + j * step];
                weights += weight;
            }
            to[start + i * step] = sum / weights;
        }
    }

    /** Red, green and blue from 0 to 255 for a heat from 0 to 1. */
    static double[] colour(double heat) {
        double place = heat * (ANCHORS.length - 1);
        int below = Math.min((int) place, ANCHORS.length - 2);
        double t = place - below;
        double[] colour = new double[3];
        for (int c = 0; c < 3; c++) {
            int shift = 16 - 8 * c;
            colour[c] = (1 - t) * (ANCHORS[below] >> shift & 0xff) + t * (ANCHORS[below + 1] >> shift & 0xff);
        }
        return colour;
    }

    /** How light a colour looks in grey, from 0 to 255 (the weights of Rec. 709). */
    static double luminance(double red, double green, double blue) {
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    }

    private static byte level(double value) {
        return (byte) Math.round(Math.max(0, Math.min(255, value)));
    }
}
