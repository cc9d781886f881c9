package io.redrl.attack;

import java.util.Arrays;
import java.util.function.Function;

/**
 * The search for the smallest weight c with which an attack still succeeds, for each image on its own (Carlini and Wagner,
 * IEEE S&amp;P 2017, section V-C, and their code): c grows tenfold until the first success, then halves the interval between
 * the largest c that failed and the smallest that succeeded.
 */
final class WeightSearch {
    private static final double GROWTH = 10;

    private final double[] c;
    private final double[] failed;
    private final double[] succeeded;

    /** The same first c for {@code n} images. */
    WeightSearch(int n, double first) {
        c = new double[n];
        failed = new double[n];
        succeeded = new double[n];
        Arrays.fill(c, first);
        Arrays.fill(succeeded, Double.POSITIVE_INFINITY);
    }

    /**
     * The whole search.
     *
     * @param n the number of images
     * @param first their first c
     * @param tries how many values of c each tries; 1: the first alone
     * @param descend tries the c of every image and says which succeeded
     */
    static void run(int n, double first, int tries, Function<double[], boolean[]> descend) {
        WeightSearch search = new WeightSearch(n, first);
        for (int tried = 0; tried < tries; tried++) {
            boolean[] success = descend.apply(search.c());
            for (int i = 0; i < n; i++) {
                search.tried(i, success[i]);
            }
        }
    }

    /** The c that each image tries now; a live view. */
    double[] c() {
        return c;
    }

    /** Moves image {@code i} on to its next c. */
    void tried(int i, boolean success) {
        if (success) {
            succeeded[i] = Math.min(succeeded[i], c[i]);
        } else {
            failed[i] = Math.max(failed[i], c[i]);
        }
        c[i] = Double.isInfinite(succeeded[i]) ? GROWTH * c[i] : (failed[i] + succeeded[i]) / 2;
    }
}
