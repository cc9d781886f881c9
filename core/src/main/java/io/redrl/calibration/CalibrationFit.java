package io.redrl.calibration;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.ImageStack;
import io.redrl.attack.AttackClass;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.image.ImageShape;
import io.redrl.recognition.Exposure;
import io.redrl.recognition.Recogniser;
import io.redrl.stats.Auroc;
import io.redrl.stats.OrderStatistics;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Fits a recogniser's calibration on validation images: temperature or vector scaling, the score of strangeness that tells {@linkplain
 * SyntheticOutlier pseudo-unknown images} apart best, and the threshold that so many known images stay under.
 *
 * <p>Scores are compared, and the threshold taken, by cross-fitting: images are divided into four parts by their place, and
 * each part is scored by what was fitted on the other three. The score that is kept is one of these fits, not one on all images:
 * in as many dimensions as here, more images bring images nearer, and the threshold, which is taken over the held-out scores of
 * all four fits, is for a fit on as many.
 *
 * @param summary what was found
 * @param score the score, fitted on three quarters of the validation images
 */
public record CalibrationFit(Summary summary, OodScore score) {
    private static final List<AttackClass> ORDER = List.of(AttackClass.values());
    private static final int FOLDS = 4;
    private static final int BATCH = 100;

    /**
     * What was found.
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
     * How well a score tells pseudo-unknown images from known ones.
     *
     * @param method the score
     * @param auroc the mean over kinds
     * @param kinds AUROC by kind of pseudo-unknown images, as far as there were any
     */
    public record Candidate(OodMethod method, double auroc, Map<SyntheticOutlier, Double> kinds) {
        /** Copies the map. */
        public Candidate {
            kinds = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(kinds));
        }
    }

    /**
     * Fits.
     *
     * @param recogniser one that needs no clean images
     * @param rows of a set of 8-bit validation images: those of the six classes
     * @param data the split that the rows' indices belong to
     * @param unknownShare so many of the known validation images are called unknown, in (0, 1)
     * @param seed of the pseudo-unknown images
     */
    public static CalibrationFit of(
            Recogniser recogniser,
            List<AdversarialExample> rows,
            ImageDataset data,
            double unknownShare,
            Seed seed,
            Progress progress) {
        boolean exposed = recogniser
                .spec()
                .training()
                .exposure()
                .map(Exposure::outliers)
                .filter(count -> count > 0)
                .isPresent();
        List<SyntheticOutlier.Image> strange = SyntheticOutlier.of(rows, data, seed).stream()
                .filter(image -> !(exposed && SyntheticOutlier.IN_TRAINING.contains(image.kind())))
                .toList();
        int[] classes =
                rows.stream().mapToInt(r -> ORDER.indexOf(r.attackClass())).toArray();
        ImageShape shape = data.shape();
        try (Progress.Task task =
                progress.start("validating " + recogniser.spec().name(), rows.size() + strange.size(), "images")) {
            Activations known =
                    trace(rows, part -> recogniser.trace(ImageStack.pixels(part), null), task, progress);
            Activations unknown = trace(
                    strange,
                    part -> recogniser.trace(
                            Tensors.pixels(joined(part), part.size(), shape.channels(), shape.height(), shape.width()),
                            null),
                    task,
                    progress);
            return of(
                    known,
                    rows.stream().mapToInt(AdversarialExample::index).toArray(),
                    classes,
                    unknown,
                    strange,
                    unknownShare);
        }
    }

    @FunctionalInterface
    private interface Tracing<T> {
        Activations of(List<T> part);
    }

    private static <T> Activations trace(List<T> all, Tracing<T> tracing, Progress.Task task, Progress progress) {
        Checks.require(!all.isEmpty(), "validation images of two attacks or more are needed, got none");
        List<Activations> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += BATCH) {
            progress.checkStopped();
            List<T> part = all.subList(from, Math.min(all.size(), from + BATCH));
            parts.add(Scopes.valuedNoGrad(() -> tracing.of(part)));
            task.advance(part.size());
        }
        return Activations.joined(parts);
    }

    private static byte[] joined(List<SyntheticOutlier.Image> images) {
        int values = images.get(0).pixels().length;
        byte[] all = new byte[values * images.size()];
        for (int i = 0; i < images.size(); i++) {
            System.arraycopy(images.get(i).pixels(), 0, all, i * values, values);
        }
        return all;
    }

    /**
     * Fits to traces.
     *
     * @param indices which image each of the known ones was made from: what belongs together in cross-fitting
     * @param classes the class of each of the known ones
     * @param strange what each of the unknown ones is
     */
    static CalibrationFit of(
            Activations known,
            int[] indices,
            int[] classes,
            Activations unknown,
            List<SyntheticOutlier.Image> strange,
            double share) {
        double temperature = Temperature.fit(known.logits(), classes);
        int[] distinct = Arrays.stream(indices).distinct().sorted().toArray();
        Checks.require(
                distinct.length >= FOLDS,
                "a calibration is fitted on %d validation images or more, got %d",
                FOLDS,
                distinct.length);
        int[] foldOfKnown = folds(indices, distinct);
        int[] foldOfUnknown =
                folds(strange.stream().mapToInt(SyntheticOutlier.Image::index).toArray(), distinct);
        double[] losses = losses(known, classes, foldOfKnown);
        Optional<VectorScaling> scaling = losses[1] < losses[0]
                ? Optional.of(VectorScaling.fit(known.logits(), classes, temperature))
                : Optional.empty();
        List<Candidate> candidates = new ArrayList<>();
        Map<OodMethod, double[]> scores = new EnumMap<>(OodMethod.class);
        for (OodMethod method : OodMethod.values()) {
            double[] ofKnown = new double[known.size()];
            double[] ofUnknown = new double[unknown.size()];
            for (int fold = 0; fold < FOLDS; fold++) {
                int[] others = places(foldOfKnown, fold, false);
                OodScore fitted = fitted(method, known, classes, indices, temperature, others);
                fill(ofKnown, fitted, known, places(foldOfKnown, fold, true));
                fill(ofUnknown, fitted, unknown, places(foldOfUnknown, fold, true));
            }
            scores.put(method, ofKnown);
            candidates.add(candidate(method, ofKnown, ofUnknown, strange));
        }
        OodMethod best = candidates.stream()
                .max(Comparator.comparingDouble(Candidate::auroc))
                .map(Candidate::method)
                .orElseThrow();
        double threshold = OrderStatistics.quantile(scores.getOrDefault(best, new double[0]), 1 - share);
        return new CalibrationFit(
                new Summary(
                        new Calibration(temperature, scaling, threshold, best),
                        candidates,
                        known.size(),
                        losses[0],
                        losses[1]),
                fitted(best, known, classes, indices, temperature, places(foldOfKnown, 0, false)));
    }

    /** The negative log-likelihood of images outside the fit: with a temperature, and with vector scaling. */
    private static double[] losses(Activations known, int[] classes, int[] folds) {
        double[] losses = new double[2];
        for (int fold = 0; fold < FOLDS; fold++) {
            int[] others = places(folds, fold, false);
            double[][] logits = known.at(others).logits();
            int[] own = Arrays.stream(others).map(i -> classes[i]).toArray();
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
        return OodScore.fit(
                method,
                known.at(places),
                Arrays.stream(places).map(i -> classes[i]).toArray(),
                Arrays.stream(places).map(i -> indices[i]).toArray(),
                temperature);
    }

    private static int[] folds(int[] indices, int[] distinct) {
        return Arrays.stream(indices)
                .map(index -> Arrays.binarySearch(distinct, index) % FOLDS)
                .toArray();
    }

    private static int[] places(int[] folds, int fold, boolean inside) {
        return java.util.stream.IntStream.range(0, folds.length)
                .filter(i -> (folds[i] == fold) == inside)
                .toArray();
    }

    private static void fill(double[] scores, OodScore fitted, Activations trace, int[] places) {
        for (int i : places) {
            scores[i] = fitted.of(trace.features()[i], trace.logits()[i]);
        }
    }

    private static Candidate candidate(
            OodMethod method, double[] ofKnown, double[] ofUnknown, List<SyntheticOutlier.Image> strange) {
        Map<SyntheticOutlier, Double> kinds = new EnumMap<>(SyntheticOutlier.class);
        for (SyntheticOutlier kind : SyntheticOutlier.values()) {
            double[] own = java.util.stream.IntStream.range(0, ofUnknown.length)
                    .filter(i -> strange.get(i).kind() == kind)
                    .mapToDouble(i -> ofUnknown[i])
                    .toArray();
            if (own.length > 0) {
                kinds.put(kind, Auroc.of(own, ofKnown).value());
            }
        }
        return new Candidate(
                method,
                kinds.values().stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElse(0),
                kinds);
    }

    /** Writes {@code calibration.json} last, and {@code unknown.safetensors}, which it needs, first. */
    public void save(Path folder) {
        score.write(folder.resolve(OodScore.FILE));
        Json.write(folder.resolve(Calibration.FILE), summary.calibration());
    }
}
