package io.redrl.saliency;

/**
 * How far the profiles of two kinds of images are apart, and whether chance alone would put them there.
 *
 * @param first an attack, or {@code clean}
 * @param second another one
 * @param images how many of each
 * @param distance between the two mean profiles
 * @param pValue of a permutation test, in (0, 1]
 * @param permutations how many it drew
 */
public record ProfileComparison(
        String first, String second, int images, double distance, double pValue, int permutations) {}
