package io.redrl.base;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * A seed, passed as an argument to everything that draws. It is split, never shared: a child depends only on its
 * parent and its name, so adding a consumer does not change what another draws, and what an example draws does not
 * depend on its batch.
 *
 * @param value any 64 bits
 */
public record Seed(long value) {

    /** The seed for the part of the work called {@code name}. */
    public Seed child(String name) {
        long hash = value;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = mix(hash ^ (b & 0xff));
        }
        return new Seed(mix(hash ^ 0x5851f42d4c957f2dL));
    }

    /** The seed for item {@code index}: an epoch, a step, an example. */
    public Seed child(long index) {
        return new Seed(mix(mix(value ^ 0x9e3779b97f4a7c15L) + mix(index)));
    }

    /** A Java generator that starts from this seed. */
    public SplittableRandom random() {
        return new SplittableRandom(value);
    }

    /** A random permutation of 0 to {@code size} − 1, every one equally probable (Fisher and Yates' shuffle). */
    public static int[] permutation(int size, SplittableRandom random) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /** The 64-bit finaliser of SplitMix64 (Steele, Lea and Flood, 2014). */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
