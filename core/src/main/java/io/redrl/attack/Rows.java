package io.redrl.attack;

import io.redrl.tensor.Tensors;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;

/**
 * Some rows of a batch, by number: the images that are still being worked on. Java arrays hold what is one number per
 * image, so that no decision is ever taken over a whole batch.
 *
 * @param indices row numbers, ascending
 */
@SuppressWarnings("ArrayRecordComponent")
record Rows(long[] indices) {
    /** All of {@code n} rows. */
    static Rows all(int n) {
        return new Rows(LongStream.range(0, n).toArray());
    }

    int size() {
        return indices.length;
    }

    boolean isEmpty() {
        return indices.length == 0;
    }

    /** The row number in the full batch of the i-th of these. */
    int at(int i) {
        return (int) indices[i];
    }

    /** Those of these rows whose position among them satisfies {@code keep}. */
    Rows where(IntPredicate keep) {
        return new Rows(IntStream.range(0, size())
                .filter(keep)
                .mapToLong(i -> indices[i])
                .toArray());
    }

    /** The positions among these rows that satisfy {@code keep}: rows of a tensor made by {@link #of}. */
    Rows positions(IntPredicate keep) {
        return all(size()).where(keep);
    }

    /** What {@code full} holds at these rows. */
    boolean[] pick(boolean[] full) {
        boolean[] picked = new boolean[size()];
        for (int i = 0; i < picked.length; i++) {
            picked[i] = full[at(i)];
        }
        return picked;
    }

    /** What {@code full} holds at these rows. */
    double[] pick(double[] full) {
        return Arrays.stream(indices).mapToDouble(row -> full[(int) row]).toArray();
    }

    /** What {@code full} holds at these rows. */
    long[] pick(long[] full) {
        return Arrays.stream(indices).map(row -> full[(int) row]).toArray();
    }

    /** What {@code full} holds at these rows: the very arrays, not copies. */
    double[][] pick(double[][] full) {
        return Arrays.stream(indices).mapToObj(row -> full[(int) row]).toArray(double[][]::new);
    }

    /** A copy of these rows of {@code full}, in the caller's scope. */
    Tensor of(Tensor full) {
        return full.index_select(0, Tensors.longs(indices));
    }

    /** Writes {@code values} into these rows of {@code full}. */
    void put(Tensor full, Tensor values) {
        if (!isEmpty()) {
            full.index_copy_(0, Tensors.longs(indices), values);
        }
    }
}
