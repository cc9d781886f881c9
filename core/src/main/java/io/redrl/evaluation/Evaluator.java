package io.redrl.evaluation;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.ImageStack;
import io.redrl.adversarial.SetRows;
import io.redrl.attack.AttackClass;
import io.redrl.base.Checks;
import io.redrl.base.Progress;
import io.redrl.calibration.Prediction;
import io.redrl.data.ImageDataset;
import io.redrl.model.Classifier;
import io.redrl.stats.PairedComparison;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** Works out the tables from rows of an adversarial set and from what networks say of them. */
public final class Evaluator {
    private Evaluator() {}

    /** Predictions of a recogniser for rows. */
    @FunctionalInterface
    public interface RowPredictions {
        /** One prediction per row, in the rows' order. */
        List<Prediction> of(List<AdversarialExample> rows);
    }

    /** What a victim sees in rows. */
    @FunctionalInterface
    public interface RowVerdicts {
        /** One image class per row, in the rows' order. */
        long[] of(List<AdversarialExample> rows);
    }

    /**
     * A recogniser's predictions without its calibration.
     *
     * @param logits from adversarial and clean images, both {@code [N,3,H,W]} float32 in [0, 1], to {@code [N,6]} logits in
     *     the caller's scope
     * @param clean the split that the rows' indices belong to, for the oracle; null for all others, who are given no clean images
     */
    public static RowPredictions uncalibrated(
            BiFunction<Tensor, @Nullable Tensor, Tensor> logits, @Nullable ImageDataset clean) {
        return rows -> Scopes.valuedNoGrad(() -> {
            Tensor probabilities = logits.apply(ImageStack.pixels(rows), clean == null ? null : clean(rows, clean))
                    .softmax(1);
            int classes = AttackClass.values().length;
            Checks.shape("the recogniser's answer", Tensors.shape(probabilities), rows.size(), classes);
            float[] flat = Tensors.toFloats(probabilities);
            List<Prediction> result = new ArrayList<>();
            for (int i = 0; i < rows.size(); i++) {
                double[] row = new double[classes];
                for (int k = 0; k < classes; k++) {
                    row[k] = flat[i * classes + k];
                }
                result.add(Prediction.uncalibrated(row));
            }
            return result;
        });
    }

    private static Tensor clean(List<AdversarialExample> rows, ImageDataset data) {
        return Tensors.pixels(rows.stream().map(row -> data.image(row.index())).toList());
    }

    /** Φ on I: what a victim sees in the images as stored. */
    public static RowVerdicts verdicts(Classifier victim) {
        return rows -> Scopes.valuedNoGrad(() -> victim.predict(ImageStack.pixels(rows)));
    }

    /**
     * Φ on G(I): what a victim sees in the reconstructions.
     *
     * @param reconstruct G: {@code [N,3,H,W]} float32 in [0, 1] to the same, in the caller's scope
     */
    public static RowVerdicts verdicts(Classifier victim, UnaryOperator<Tensor> reconstruct) {
        return rows -> Scopes.valuedNoGrad(() ->
                victim.predict(reconstruct.apply(ImageStack.pixels(rows)).clamp(Tensors.scalar(0), Tensors.scalar(1))));
    }

    /**
     * Predictions of a recogniser for every row of a test set.
     *
     * @param batch how many rows at a time
     */
    public static List<PredictionRow> predictions(
            String name, List<AdversarialExample> rows, RowPredictions recogniser, int batch, Progress progress) {
        PredictedRows predictions = new PredictedRows(PredictionRow.TEST, rows, AttackClass.values().length);
        try (Progress.Task task = progress.start("testing " + name, rows.size(), "images")) {
            for (List<AdversarialExample> part : batches(rows, batch)) {
                progress.checkStopped();
                recogniser.of(List.copyOf(part)).forEach(predictions::take);
                task.advance(part.size());
            }
        }
        return predictions;
    }

    /** Compares two recognisers' predictions, given for the same examples in the same order. */
    public static PairedComparison compared(
            String first, List<PredictionRow> firstRows, String second, List<PredictionRow> secondRows) {
        for (int i = 0; i < Math.min(firstRows.size(), secondRows.size()); i++) {
            PredictionRow a = firstRows.get(i);
            PredictionRow b = secondRows.get(i);
            Checks.require(
                    a.index() == b.index()
                            && a.attack().equals(b.attack())
                            && a.config().equals(b.config()),
                    "%s and %s must be compared on the same examples: row %d is image %d of %s and %d of %s",
                    first,
                    second,
                    i,
                    a.index(),
                    a.attack(),
                    b.index(),
                    b.attack());
        }
        return PairedComparison.of(
                first,
                right(firstRows),
                second,
                right(secondRows),
                firstRows.stream().map(PredictionRow::attack).toList(),
                ClassNames.ids());
    }

    private static boolean[] right(List<PredictionRow> rows) {
        boolean[] right = new boolean[rows.size()];
        for (int i = 0; i < right.length; i++) {
            right[i] = rows.get(i).right();
        }
        return right;
    }

    private static List<List<AdversarialExample>> batches(List<AdversarialExample> rows, int batch) {
        Checks.positive("batch size", batch);
        List<List<AdversarialExample>> parts = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += batch) {
            parts.add(rows.subList(from, Math.min(rows.size(), from + batch)));
        }
        return parts;
    }

    /**
     * Table 4's rows of one victim: of the images that it has right when clean, these and what they became under attacks against this very
     * victim.
     *
     * @param victim the victim's id
     * @param rows the examples of an adversarial set; those against other victims are passed over
     * @param before Φ on I
     * @param after Φ on G(I)
     * @param batch how many rows at a time
     */
    public static List<RepairTable.Row> repair(
            String victim, List<AdversarialExample> rows, RowVerdicts before, RowVerdicts after, int batch) {
        List<AdversarialExample> clean = SetRows.where(rows, r -> r.attack().equals(AttackClass.CLEAN.id()));
        Set<Integer> right = new HashSet<>();
        for (List<AdversarialExample> part : batches(clean, batch)) {
            long[] said = before.of(List.copyOf(part));
            for (int i = 0; i < said.length; i++) {
                if (said[i] == part.get(i).label()) {
                    right.add(part.get(i).index());
                }
            }
        }
        List<RepairTable.Row> table = new ArrayList<>();
        for (AttackClass attack : AttackClass.values()) {
            List<AdversarialExample> mine = SetRows.where(
                    rows,
                    r -> r.attack().equals(attack.id())
                            && (attack == AttackClass.CLEAN
                                    ? right.contains(r.index())
                                    : r.victim().equals(victim) && r.outcome().cleanPrediction() == r.label()));
            if (!mine.isEmpty()) {
                table.add(new RepairTable.Row(
                        victim, attack.id(), mine.size(), right(mine, before, batch), right(mine, after, batch)));
            }
        }
        return table;
    }

    private static int right(List<AdversarialExample> rows, RowVerdicts verdicts, int batch) {
        int right = 0;
        for (List<AdversarialExample> part : batches(rows, batch)) {
            long[] said = verdicts.of(List.copyOf(part));
            for (int i = 0; i < part.size(); i++) {
                right += said[i] == part.get(i).label() ? 1 : 0;
            }
        }
        return right;
    }
}
