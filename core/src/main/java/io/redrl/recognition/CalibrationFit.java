package io.redrl.recognition;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.AdversarialSet;
import io.redrl.attack.AttackClass;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.Seed;
import io.redrl.data.ImageDataset;
import io.redrl.data.ImageShape;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Fits a recogniser's calibration on validation images: the temperature, the score of strangeness that tells {@linkplain
 * PseudoUnknown pseudo-unknown images} apart best, and the threshold that so many known images stay under.
 *
 * <p>Scores are compared, and the threshold taken, by cross-fitting: images are divided into four parts by their place, and
 * each part is scored by what was fitted on the other three. The score that is kept is fitted on all of them.
 *
 * @param summary what was found
 * @param score the score, fitted on all validation images
 */
public record CalibrationFit(Summary summary, UnknownScore score) {
    private static final List<AttackClass> ORDER = List.of(AttackClass.values());
    private static final int FOLDS = 4;
    private static final int BATCH = 100;

    /**
     * What was found.
     *
     * @param calibration temperature, threshold and which score
     * @param candidates how every score did, in the order of {@link ScoreMethod}
     * @param images how many validation images there were
     */
    public record Summary(Calibration calibration, List<Candidate> candidates, int images) {
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
    public record Candidate(ScoreMethod method, double auroc, Map<PseudoUnknown, Double> kinds) {
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
        List<PseudoUnknown.Image> strange = PseudoUnknown.of(rows, data, seed);
        int[] classes =
                rows.stream().mapToInt(r -> ORDER.indexOf(r.attackClass())).toArray();
        ImageShape shape = data.shape();
        try (Progress.Task task =
                progress.start("validating " + recogniser.spec().name(), rows.size() + strange.size(), "images")) {
            Trace known = trace(rows, part -> recogniser.trace(AdversarialSet.pixels(part), null), task, progress);
            Trace unknown = trace(
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
        Trace of(List<T> part);
    }

    private static <T> Trace trace(List<T> all, Tracing<T> tracing, Progress.Task task, Progress progress) {
        Checks.require(!all.isEmpty(), "validation images of two attacks or more are needed, got none");
        List<Trace> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += BATCH) {
            progress.checkStopped();
            List<T> part = all.subList(from, Math.min(all.size(), from + BATCH));
            parts.add(Scopes.valuedNoGrad(() -> tracing.of(part)));
            task.advance(part.size());
        }
        return Trace.joined(parts);
    }

    private static byte[] joined(List<PseudoUnknown.Image> images) {
        int values = images.get(0).pixels().length;
        byte[] all = new byte[values * images.size()];
        for (int i = 0; i < images.size(); i++) {
            System.arraycopy(images.get(i).pixels(), 0, all, i * values, values);
        }
        return all;
    }

    private static CalibrationFit of(
            Trace known, int[] indices, int[] classes, Trace unknown, List<PseudoUnknown.Image> strange, double share) {
        double temperature = Temperature.fit(known.logits(), classes);
        int[] distinct = Arrays.stream(indices).distinct().sorted().toArray();
        Checks.require(
                distinct.length >= FOLDS,
                "a calibration is fitted on %d validation images or more, got %d",
                FOLDS,
                distinct.length);
        int[] foldOfKnown = folds(indices, distinct);
        int[] foldOfUnknown =
                folds(strange.stream().mapToInt(PseudoUnknown.Image::index).toArray(), distinct);
        List<Candidate> candidates = new ArrayList<>();
        Map<ScoreMethod, double[]> scores = new EnumMap<>(ScoreMethod.class);
        for (ScoreMethod method : ScoreMethod.values()) {
            double[] ofKnown = new double[known.size()];
            double[] ofUnknown = new double[unknown.size()];
            for (int fold = 0; fold < FOLDS; fold++) {
                int[] others = places(foldOfKnown, fold, false);
                UnknownScore fitted = UnknownScore.fit(
                        method,
                        known.at(others),
                        Arrays.stream(others).map(i -> classes[i]).toArray(),
                        temperature);
                fill(ofKnown, fitted, known, places(foldOfKnown, fold, true));
                fill(ofUnknown, fitted, unknown, places(foldOfUnknown, fold, true));
            }
            scores.put(method, ofKnown);
            candidates.add(candidate(method, ofKnown, ofUnknown, strange));
        }
        ScoreMethod best = candidates.stream()
                .max(Comparator.comparingDouble(Candidate::auroc))
                .map(Candidate::method)
                .orElseThrow();
        double threshold = quantile(scores.getOrDefault(best, new double[0]), 1 - share);
        return new CalibrationFit(
                new Summary(new Calibration(temperature, threshold, best), candidates, known.size()),
                UnknownScore.fit(best, known, classes, temperature));
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

    private static void fill(double[] scores, UnknownScore fitted, Trace trace, int[] places) {
        for (int i : places) {
            scores[i] = fitted.of(trace.features()[i], trace.logits()[i]);
        }
    }

    private static Candidate candidate(
            ScoreMethod method, double[] ofKnown, double[] ofUnknown, List<PseudoUnknown.Image> strange) {
        Map<PseudoUnknown, Double> kinds = new EnumMap<>(PseudoUnknown.class);
        for (PseudoUnknown kind : PseudoUnknown.values()) {
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

    /** The smallest value that at least the given part of the values does not exceed. */
    static double quantile(double[] values, double part) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[Math.max(0, (int) Math.ceil(part * sorted.length) - 1)];
    }

    /** Writes {@code calibration.json} last, and {@code unknown.safetensors}, which it needs, first. */
    public void save(Path folder) {
        score.write(folder.resolve(UnknownScore.FILE));
        Json.write(folder.resolve(Calibration.FILE), summary.calibration());
    }
}
