package io.redrl.attack;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.bytedeco.pytorch.Tensor;

/** The closest images of a batch that have fooled so far; where none has, the image itself, at an infinite distance. */
final class Closest {
    private final Tensor images;
    private final double[] distance;

    /** Nothing has fooled yet. The tensor joins the caller's scope. */
    Closest(AttackBatch batch) {
        images = batch.images().detach().clone();
        distance = new double[batch.size()];
        Arrays.fill(distance, Double.POSITIVE_INFINITY);
    }

    /** {@code [N,C,H,W]}; a live view. */
    Tensor images() {
        return images;
    }

    /** The distance of an image of the batch. */
    double distance(int row) {
        return distance[row];
    }

    /**
     * Keeps those that fool and are closer than what fooled before.
     *
     * @param rows the images of the batch that {@code x} are about
     * @param x {@code [n,C,H,W]}
     * @param distances of each, in whatever the attack makes small
     * @param fools whether the i-th of {@code x} fools
     */
    void keep(Rows rows, Tensor x, double[] distances, IntPredicate fools) {
        IntPredicate better = i -> fools.test(i) && distances[i] < distance[rows.at(i)];
        Rows closer = rows.positions(better);
        rows.where(better).put(images, closer.of(x));
        for (int i = 0; i < closer.size(); i++) {
            distance[rows.at(closer.at(i))] = distances[closer.at(i)];
        }
    }
}
