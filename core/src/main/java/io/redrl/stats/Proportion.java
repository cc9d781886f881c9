package io.redrl.stats;

import io.redrl.base.Checks;

/**
 * Proportion: a number of hits among n cases.
 *
 * @param hits how many were right (or fooled, or whatever is counted)
 * @param n out of how many; 0 when nothing was measured
 */
public record Proportion(int hits, int n) {
    /** Refuses more hits than cases. */
    public Proportion {
        Checks.require(hits >= 0 && hits <= n, "a proportion needs 0 ≤ hits ≤ n, got %d of %d", hits, n);
    }

    /** The share in [0, 1], NaN when nothing was measured. */
    public double value() {
        return n == 0 ? Double.NaN : (double) hits / n;
    }

    /**
     * Wilson's score interval at 95 % (Wilson, 1927), which stays inside [0, 1] and keeps a width at 0 and 1; [0, 1] when
     * nothing was measured.
     */
    public Interval interval() {
        if (n == 0) {
            return new Interval(0, 1);
        }
        double p = value();
        double zz = Interval.Z * Interval.Z / n;
        double centre = (p + zz / 2) / (1 + zz);
        double half = Interval.Z * Math.sqrt(p * (1 - p) / n + zz / (4.0 * n)) / (1 + zz);
        return new Interval(hits == 0 ? 0 : Math.max(0, centre - half), hits == n ? 1 : Math.min(1, centre + half));
    }
}
