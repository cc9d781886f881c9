package io.redrl.attack;

import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * An attack's objective for each image of a batch: what it wants of the logits, targeted or not. The one place that knows
 * the difference.
 *
 * @param classes {@code [n]} int64: the targets, or the labels to move away from
 * @param labels {@code [n]} int64: the labels
 * @param targeted which of the two {@code classes} are
 */
record Objective(Tensor classes, Tensor labels, boolean targeted) {
    /** The objective of a batch; its tensors join the caller's scope. */
    static Objective of(AttackBatch batch) {
        Tensor labels = Tensors.longs(batch.labels());
        return new Objective(batch.targeted() ? Tensors.longs(batch.targets()) : labels, labels, batch.targeted());
    }

    /** The same for some rows. */
    Objective of(Rows rows) {
        return rows.size() == classes.size(0) ? this : at(Tensors.longs(rows.indices()));
    }

    /** The objective of each of {@code [m]} row numbers, which may repeat: several candidates for one image. */
    Objective at(Tensor rows) {
        return new Objective(classes.index_select(0, rows), labels.index_select(0, rows), targeted);
    }

    /** What to climb, {@code [n]}; larger is better for the attack. */
    Tensor gain(Loss loss, Tensor logits) {
        return switch (loss) {
            case CROSS_ENTROPY -> logOdds(logits);
            case MARGIN -> margin(logits).neg();
            case DLR -> targeted ? AttackLosses.targetedDlr(logits, labels, classes) : AttackLosses.dlr(logits, labels);
        };
    }

    /**
     * Cross-entropy before its softplus, signed so that larger is better for the attack; the direction of its gradient is
     * cross-entropy's at each sample.
     */
    Tensor logOdds(Tensor logits) {
        Tensor against = AttackLosses.logOdds(logits, classes);
        return targeted ? against.neg() : against;
    }

    /** Carlini and Wagner's f₆ before its cut-off at −κ: negative once the attack succeeds. */
    Tensor margin(Tensor logits) {
        Tensor lead = AttackLosses.margin(logits, classes);
        return targeted ? lead.neg() : lead;
    }

    /** Whether the prediction that follows from {@code logits} is a success, by a margin of {@code kappa} at least. */
    boolean[] succeeds(Tensor logits, double kappa) {
        // A tie goes to the lower class number in a prediction, so the margin's sign alone does not tell.
        long[] same = Tensors.toLongs(logits.argmax(new LongOptional(1), false).eq(classes));
        long[] clear = Tensors.toLongs(margin(logits).le(new Scalar(-kappa)));
        boolean[] result = new boolean[same.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (same[i] == 1) == targeted && clear[i] == 1;
        }
        return result;
    }
}
