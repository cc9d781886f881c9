package io.redrl.saliency;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * With the processor's vectors: the gradient of {@value #FILTERS} filters at one tap and two vectors of channels is summed over
 * all positions in registers, and leaves them as a sum of absolute values. oneDNN writes the gradients to memory, in its own
 * order first, and that takes longer than the arithmetic where images are small and filters many.
 */
final class VectorGradientSums implements GradientSums {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int FILTERS = 4;

    @Override
    public int channels() {
        return 2 * LANES;
    }

    @Override
    public int filters() {
        return FILTERS;
    }

    @Override
    public void of(Shape shape, float[] input, float[] gradient, float[] sums) {
        int[] at = positions(shape);
        float[] lanes = new float[shape.filters() * LANES];
        for (int dy = 0; dy < shape.kernel(); dy++) {
            for (int dx = 0; dx < shape.kernel(); dx++) {
                int tap = (dy * shape.paddedWidth() + dx) * shape.channels();
                for (int c = 0; c < shape.channels(); c += 2 * LANES) {
                    for (int k = 0; k < shape.filters(); k += FILTERS) {
                        tile(input, tap + c, at, gradient, k * at.length, lanes, k * LANES);
                    }
                }
            }
        }
        for (int k = 0; k < shape.filters(); k++) {
            double sum = 0;
            for (int lane = 0; lane < LANES; lane++) {
                sum += lanes[k * LANES + lane];
            }
            sums[k] = (float) sum;
        }
    }

    /** Where in the padded input the window of each output position begins. */
    private static int[] positions(Shape shape) {
        int[] at = new int[shape.height() * shape.width()];
        for (int i = 0; i < at.length; i++) {
            int y = i / shape.width() * shape.stride();
            int x = i % shape.width() * shape.stride();
            at[i] = (y * shape.paddedWidth() + x) * shape.channels();
        }
        return at;
    }

    /** Eight accumulators; with sixteen the compiler of Java 17 keeps them in memory, and it is five times slower. */
    private static void tile(float[] x, int from, int[] at, float[] g, int gFrom, float[] sums, int sumsFrom) {
        FloatVector a0 = FloatVector.zero(SPECIES);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector b0 = a0;
        FloatVector b1 = a0;
        FloatVector b2 = a0;
        FloatVector b3 = a0;
        for (int i = 0; i < at.length; i++) {
            FloatVector u = FloatVector.fromArray(SPECIES, x, from + at[i]);
            FloatVector v = FloatVector.fromArray(SPECIES, x, from + at[i] + LANES);
            int j = gFrom + i * FILTERS;
            FloatVector d0 = FloatVector.broadcast(SPECIES, g[j]);
            a0 = u.fma(d0, a0);
            b0 = v.fma(d0, b0);
            FloatVector d1 = FloatVector.broadcast(SPECIES, g[j + 1]);
            a1 = u.fma(d1, a1);
            b1 = v.fma(d1, b1);
            FloatVector d2 = FloatVector.broadcast(SPECIES, g[j + 2]);
            a2 = u.fma(d2, a2);
            b2 = v.fma(d2, b2);
            FloatVector d3 = FloatVector.broadcast(SPECIES, g[j + 3]);
            a3 = u.fma(d3, a3);
            b3 = v.fma(d3, b3);
        }
        add(a0, b0, sums, sumsFrom);
        add(a1, b1, sums, sumsFrom + LANES);
        add(a2, b2, sums, sumsFrom + 2 * LANES);
        add(a3, b3, sums, sumsFrom + 3 * LANES);
    }

    private static void add(FloatVector a, FloatVector b, float[] sums, int at) {
        FloatVector.fromArray(SPECIES, sums, at).add(a.abs()).add(b.abs()).intoArray(sums, at);
    }
}
