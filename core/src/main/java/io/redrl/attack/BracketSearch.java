package io.redrl.attack;

import java.util.Arrays;
import java.util.function.Function;

/**
 * The search for the smallest number, a weight c or a bound τ, at which an attack succeeds, for each image on its own: by
 * a factor from try to try until a success and a failure lie on its two sides, then halving the interval between the
 * largest that failed and the smallest that succeeded.
 *
 * <p>With a factor of 10 this is how Carlini and Wagner choose c (IEEE S&amp;P 2017, section V-C, and their code), with one
 * below 1 how they shrink τ (section VI-C), but for the halving.
 */
final class BracketSearch {
    private static final double GROWTH = 10;

    private final double factor;
    private final double[] tried;
    private final double[] failed;
    private final double[] succeeded;

    /**
     * The same first number for {@code n} images.
     *
     * @param factor above 1 to go up until something succeeds, below 1 to go down until something fails
     */
    BracketSearch(int n, double first, double factor) {
        this.factor = factor;
        tried = new double[n];
        failed = new double[n];
        succeeded = new double[n];
        Arrays.fill(tried, first);
        Arrays.fill(succeeded, Double.POSITIVE_INFINITY);
    }

    /**
     * The whole search for c.
     *
     * @param n the number of images
     * @param first their first c
     * @param tries how many values of c each tries; 1: the first alone
     * @param descend tries the c of every image and says which succeeded
     */
    static void overWeights(int n, double first, int tries, Function<double[], boolean[]> descend) {
        BracketSearch search = new BracketSearch(n, first, GROWTH);
        for (int round = 0; round < tries; round++) {
            boolean[] success = descend.apply(search.tried());
            for (int i = 0; i < n; i++) {
                if (success[i]) {
                    search.succeed(i, search.tried[i]);
                } else {
                    search.fail(i);
                }
                search.next(i);
            }
        }
    }

    /** What each image tries now; a live view. */
    double[] tried() {
        return tried;
    }

    /** The largest number that failed for image {@code i}; 0 if none has. */
    double failed(int i) {
        return failed[i];
    }

    /** Notes that image {@code i} failed with what it tries now. */
    void fail(int i) {
        failed[i] = Math.max(failed[i], tried[i]);
    }

    /** Notes that image {@code i} has succeeded with {@code number}. */
    void succeed(int i, double number) {
        succeeded[i] = Math.min(succeeded[i], number);
    }

    /** Moves image {@code i} on to its next try. */
    void next(int i) {
        boolean open = factor > 1 ? Double.isInfinite(succeeded[i]) : failed[i] == 0;
        tried[i] = open ? factor * Math.min(tried[i], succeeded[i]) : (failed[i] + succeeded[i]) / 2;
    }
}
