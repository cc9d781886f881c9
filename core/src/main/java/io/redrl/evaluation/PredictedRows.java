package io.redrl.evaluation;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.SetRows;
import io.redrl.calibration.Prediction;
import java.util.AbstractList;
import java.util.BitSet;
import java.util.List;
import java.util.RandomAccess;
import java.util.stream.IntStream;

/** Predictions for the rows of a set as numbers in arrays, so that a large test set with many recognisers fits into memory. */
final class PredictedRows extends AbstractList<PredictionRow> implements RandomAccess {
    private final List<AdversarialExample> rows;
    private final String condition;
    private final int classes;
    private final double[] probabilities;
    private final double[] scores;
    private final BitSet unknown = new BitSet();
    private int size;

    /**
     * Room for predictions.
     *
     * @param rows what they are of
     * @param classes how many probabilities each has
     */
    PredictedRows(String condition, List<AdversarialExample> rows, int classes) {
        this.condition = condition;
        this.rows = SetRows.heads(rows);
        this.classes = classes;
        this.probabilities = new double[Math.multiplyExact(rows.size(), classes)];
        this.scores = new double[rows.size()];
    }

    /** Takes the prediction for the next row. */
    void take(Prediction prediction) {
        for (int k = 0; k < classes; k++) {
            probabilities[size * classes + k] = prediction.probabilities().get(k);
        }
        scores[size] = prediction.oodScore();
        unknown.set(size, prediction.unknown());
        size++;
    }

    @Override
    public PredictionRow get(int i) {
        List<Double> own = IntStream.range(i * classes, (i + 1) * classes)
                .mapToObj(at -> probabilities[at])
                .toList();
        return PredictionRow.of(condition, rows.get(i), new Prediction(own, scores[i], unknown.get(i)));
    }

    @Override
    public int size() {
        return size;
    }
}
