package io.redrl.saliency;

import io.redrl.base.Checks;
import io.redrl.base.Seed;
import io.redrl.stats.PermutationTest;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Comparison of two attacks' saliency profiles: whether they activate different depths of a victim, on the images that both profiles
 * have.
 *
 * <p>With a_il and b_il the mean saliency of layer l in image i under the first and the second attack, n images and L
 * layers, the distance is
 *
 * <pre>  sqrt( 1/L &Sigma;_l ( (mean_i a_il - mean_i b_il) / s_l )&sup2; )</pre>
 *
 * where s_l is the standard deviation (divisor 2n) of the 2n values of layer l, both attacks together, about their
 * common mean; a layer in which all 2n values are equal counts as 0. It has no unit, does not change when a layer's
 * saliency is shifted or scaled, and lies in [0, 2]: 0 where every layer has equal means, 2 where each attack gives
 * every layer one value in all images, and the two values differ.
 *
 * <p>The p value is that of a {@linkplain PermutationTest paired permutation test} that swaps the attacks image by image; s_l is the
 * same under every swap.
 *
 * @param first the name of an attack
 * @param second the name of the one that it is compared with
 * @param images how many both have, at least 2
 * @param distance in [0, 2]
 * @param pValue in (0, 1], not corrected for the number of comparisons
 * @param permutations how many were drawn
 */
public record ProfileComparison(
        String first, String second, int images, double distance, double pValue, int permutations) {
    /** Checks ranges. */
    public ProfileComparison {
        Checks.inRange("images", images, 2, Integer.MAX_VALUE);
        Checks.inRange("distance", distance, 0, 2);
        Checks.positive("p", pValue);
        Checks.inRange("p", pValue, 0, 1);
        Checks.positive("permutations", permutations);
    }

    /**
     * Compares two attacks on one victim.
     *
     * @param first the name of an attack
     * @param firstMeans its {@link ProfileBuilder#layerMeans}
     * @param second the name of another
     * @param secondMeans its {@link ProfileBuilder#layerMeans}
     * @param permutations how many to draw, at least 1
     * @param seed of the permutations; the order of the maps does not matter
     * @return empty where the two have fewer than 2 images in common
     * @throws io.redrl.base.RedrlException if images differ in their number of layers, or a mean is not finite
     */
    public static Optional<ProfileComparison> of(
            String first,
            Map<Long, double[]> firstMeans,
            String second,
            Map<Long, double[]> secondMeans,
            int permutations,
            Seed seed) {
        double[][] differences = differences(firstMeans, secondMeans);
        if (differences.length < 2) {
            return Optional.empty();
        }
        PermutationTest test = PermutationTest.paired(differences, permutations, seed);
        return Optional.of(new ProfileComparison(
                first, second, differences.length, Math.min(2, test.statistic()), test.pValue(), permutations));
    }

    /** For each common image, by rising id, (a_il - b_il) / (n s_l) in every layer. */
    private static double[][] differences(Map<Long, double[]> firstMeans, Map<Long, double[]> secondMeans) {
        Map<Long, double[][]> pairs = new TreeMap<>();
        firstMeans.forEach((image, a) -> {
            double[] b = secondMeans.get(image);
            if (b != null) {
                pairs.put(image, new double[][] {a, b});
            }
        });
        double[][][] common = pairs.values().toArray(new double[0][][]);
        int images = common.length;
        if (images == 0) {
            return new double[0][];
        }
        int layers = common[0][0].length;
        pairs.forEach((image, pair) -> {
            check(image, pair[0], layers);
            check(image, pair[1], layers);
        });
        double[][] differences = new double[images][layers];
        for (int layer = 0; layer < layers; layer++) {
            double scale = scale(common, layer);
            for (int i = 0; i < images && scale > 0; i++) {
                differences[i][layer] = (common[i][0][layer] - common[i][1][layer]) / scale / images;
            }
        }
        return differences;
    }

    private static void check(long image, double[] means, int layers) {
        Checks.require(
                means.length == layers,
                "image %d: expected the means of %d layers, got %d; compare attacks on one victim",
                image,
                layers,
                means.length);
        for (int layer = 0; layer < layers; layer++) {
            Checks.require(
                    Double.isFinite(means[layer]), "image %d: the mean of layer %d is %s", image, layer, means[layer]);
        }
    }

    /** The standard deviation s_l of both attacks' values of a layer about their common mean. */
    private static double scale(double[][][] pairs, int layer) {
        double sum = 0;
        for (double[][] pair : pairs) {
            sum += pair[0][layer] + pair[1][layer];
        }
        double mean = sum / (2 * pairs.length);
        double squares = 0;
        for (double[][] pair : pairs) {
            double a = pair[0][layer] - mean;
            double b = pair[1][layer] - mean;
            squares += a * a + b * b;
        }
        return Math.sqrt(squares / (2 * pairs.length));
    }
}
