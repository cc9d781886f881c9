package io.redrl.calibration;

import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.stats.Auroc;
import io.redrl.stats.OrderStatistics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Calibration fitted on validation images: temperature or vector scaling, the OOD score that tells {@linkplain SyntheticOutlier
 * synthetic outliers} apart best, and the threshold that so many known images stay under. Closing it frees the score's native memory.
 *
 * <p>Scores are compared, and the threshold taken, by cross-fitting: images are divided into four folds by their index, and
 * each fold is scored by what was fitted on the other three. The score that is kept is one of these fits, not one on all images:
 * in as many dimensions as here, more images bring images nearer, and the threshold, which is taken over the held-out scores of
 * all four fits, is for a fit on as many.
 *
 * @param summary what was found
 * @param score the score, fitted on three quarters of the validation images
 */
public record CalibrationFit(Summary summary, OodScore score) implements AutoCloseable {
    private static final int FOLDS = 4;

    /**
     * Results of a fit.
     *
     * @param calibration temperature, threshold and which score
     * @param candidates how every score did, in the order of {@link OodMethod}
     * @param images how many validation images there were
     * @param temperatureLoss mean negative log-likelihood with a temperature, by cross-fitting
     * @param scalingLoss the same with vector scaling
     */
    public record Summary(
            Calibration calibration,
            List<Candidate> candidates,
            int images,
            double temperatureLoss,
            double scalingLoss) {
        /** Copies the list. */
        public Summary {
            candidates = List.copyOf(candidates);
        }
    }

    /**
     * AUROC of a score between synthetic outliers and known images.
     *
     * @param method the score
     * @param auroc the mean over kinds
     * @param kinds AUROC by kind of outlier, as far as there were any
     */
    public record Candidate(OodMethod method, double auroc, Map<SyntheticOutlier, Double> kinds) {
        /** Copies the map. */
        public Candidate {
            kinds = Collections.unmodifiableMap(new TreeMap<>(kinds));
        }
    }

    /**
     * Fits.
     *
     * @param known activations for validation images of the six classes
     * @param classes the class of each: an index in {@link io.redrl.attack.AttackClass}
     * @param indices which image each was made from: what belongs together in cross-fitting
     * @param outliers activations for synthetic outliers made from the same images
     * @param made what each of these is
     * @param falsePositiveRate the share of known images that are called unknown, in (0, 1)
     */
    public static CalibrationFit of(
            Activations known,
            int[] classes,
            int[] indices,
            Activations outliers,
            List<SyntheticOutlier.Image> made,
            double falsePositiveRate) {
        double temperature = Temperature.fit(known.logits(), classes);
        int[] distinct = Arrays.stream(indices).distinct().sorted().toArray();
        Checks.require(
                distinct.length >= FOLDS,
                "a calibration is fitted on %d validation images or more, got %d",
                FOLDS,
                distinct.length);
        int[] knownFolds = folds(indices, distinct);
        int[] outlierFolds = folds(made.stream().mapToInt(o -> o.row().index()).toArray(), distinct);
        double[] losses = losses(known, classes, knownFolds);
        Optional<VectorScaling> scaling = losses[1] < losses[0]
                ? Optional.of(VectorScaling.fit(known.logits(), classes, temperature))
                : Optional.empty();
        List<Candidate> candidates = new ArrayList<>();
        List<Double> thresholds = new ArrayList<>();
        for (OodMethod method : OodMethod.values()) {
            double[] ofKnown = new double[known.size()];
            double[] ofOutliers = new double[outliers.size()];
            for (int fold = 0; fold < FOLDS; fold++) {
                try (OodScore fitted =
                        fitted(method, known, classes, indices, temperature, places(knownFolds, fold, false))) {
                    fill(ofKnown, fitted, known, places(knownFolds, fold, true));
                    fill(ofOutliers, fitted, outliers, places(outlierFolds, fold, true));
                }
            }
            candidates.add(candidate(method, ofKnown, ofOutliers, made));
            thresholds.add(OrderStatistics.quantile(ofKnown, 1 - falsePositiveRate));
        }
        int best = OrderStatistics.argmax(
                candidates.stream().mapToDouble(Candidate::auroc).toArray());
        OodMethod method = candidates.get(best).method();
        Calibration calibration = new Calibration(temperature, scaling, thresholds.get(best), method);
        return new CalibrationFit(
                new Summary(calibration, candidates, known.size(), losses[0], losses[1]),
                fitted(method, known, classes, indices, temperature, places(knownFolds, 0, false)));
    }

    /** The negative log-likelihood of images outside the fit: with a temperature, and with vector scaling. */
    private static double[] losses(Activations known, int[] classes, int[] folds) {
        double[] losses = new double[2];
        for (int fold = 0; fold < FOLDS; fold++) {
            int[] others = places(folds, fold, false);
            double[][] logits = known.at(others).logits();
            int[] own = at(classes, others);
            double temperature = Temperature.fit(logits, own);
            VectorScaling scaling = VectorScaling.fit(logits, own, temperature);
            for (int i : places(folds, fold, true)) {
                double[] row = known.logits()[i];
                losses[0] -=
                        Math.log(Math.max(1e-300, Temperature.softmax(row, temperature)[classes[i]])) / classes.length;
                losses[1] -= Math.log(Math.max(1e-300, scaling.probabilities(row)[classes[i]])) / classes.length;
            }
        }
        return losses;
    }

    private static OodScore fitted(
            OodMethod method, Activations known, int[] classes, int[] indices, double temperature, int[] places) {
        return OodScore.fit(method, known.at(places), at(classes, places), at(indices, places), temperature);
    }

    private static int[] at(int[] values, int[] places) {
        return Arrays.stream(places).map(i -> values[i]).toArray();
    }

    private static int[] folds(int[] indices, int[] distinct) {
        return Arrays.stream(indices)
                .map(index -> Arrays.binarySearch(distinct, index) % FOLDS)
                .toArray();
    }

    private static int[] places(int[] folds, int fold, boolean inside) {
        return IntStream.range(0, folds.length)
                .filter(i -> (folds[i] == fold) == inside)
                .toArray();
    }

    private static void fill(double[] scores, OodScore fitted, Activations activations, int[] places) {
        double[] own = fitted.of(activations.at(places));
        for (int i = 0; i < places.length; i++) {
            scores[places[i]] = own[i];
        }
    }

    private static Candidate candidate(
            OodMethod method, double[] ofKnown, double[] ofOutliers, List<SyntheticOutlier.Image> made) {
        Map<SyntheticOutlier, Double> kinds = new EnumMap<>(SyntheticOutlier.class);
        for (SyntheticOutlier kind : SyntheticOutlier.values()) {
            double[] own = IntStream.range(0, ofOutliers.length)
                    .filter(i -> made.get(i).kind() == kind)
                    .mapToDouble(i -> ofOutliers[i])
                    .toArray();
            if (own.length > 0) {
                kinds.put(kind, Auroc.of(own, ofKnown).value());
            }
        }
        double mean = kinds.values().stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(0);
        return new Candidate(method, mean, kinds);
    }

    /** Writes {@code calibration.json} last, and {@link OodScore#FILE}, which it needs, first. */
    public void save(Path folder) {
        score.write(folder.resolve(OodScore.FILE));
        Json.write(folder.resolve(Calibration.FILE), summary.calibration());
    }

    @Override
    public void close() {
        score.close();
    }
}
