package io.redrl.attribution;

import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.Seed;
import io.redrl.calibration.Activations;
import io.redrl.calibration.ConformalSets;
import io.redrl.calibration.OodMethod;
import io.redrl.calibration.OodScore;
import io.redrl.calibration.PlattScaling;
import io.redrl.calibration.Temperature;
import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import io.redrl.model.ResidualNetwork;
import io.redrl.stats.OrderStatistics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Calibrates a trained network on worlds that it did not learn from, and measures it on others. */
public final class AttributionCalibrator {
    /** Of clean images in the world that has most of them. */
    private static final double FALSE_ALARMS = 0.01;

    private static final double KNOWN = 0.995;
    private static final double TAIL = 0.05;
    private static final int ENOUGH = 30;
    private static final int AT_ONCE = 256;

    private AttributionCalibrator() {}

    /** What happens to all images of a world before they are judged. */
    public enum After {
        /** Nothing. */
        PNG,
        /** JPEG of quality 95, 4:2:0. */
        JPEG_95,
        /** JPEG of quality 75, 4:2:0. */
        JPEG_75;

        Image apply(Image image) {
            if (this == PNG) {
                return image;
            }
            return ImageCodec.decode(
                    ImageCodec.jpeg(image, this == JPEG_95 ? 95 : 75, true), "a JPEG made here", image.shape());
        }
    }

    /**
     * Calibrates and measures, and writes the model's card and score.
     *
     * @param folder of the model, with its weights
     * @param fit folders of the worlds that it learnt from, for the card
     * @param calibrate folders of worlds to calibrate on
     * @param measure folders of worlds to measure it on
     * @return the results as a table
     */
    public static String calibrate(
            Path folder,
            AttributionSettings settings,
            List<Path> fit,
            List<Path> calibrate,
            List<Path> measure,
            Progress progress) {
        Path card = folder.resolve(AttributionModel.CARD);
        try (ResidualNetwork network = AttributionModel.network(settings, folder)) {
            List<Evidence.Known> known = new ArrayList<>();
            for (Path world : calibrate) {
                known.addAll(known(network, world, After.PNG, progress));
                known.addAll(some(known(network, world, After.JPEG_95, progress)));
                known.addAll(some(known(network, world, After.JPEG_75, progress)));
            }
            List<WorldResult> results = new ArrayList<>();
            Files.createDirectories(folder);
            try (OodScore ood = ood(known)) {
                ood.write(folder.resolve(OodScore.FILE));
                AttributionCalibration calibration = fit(known, ood);
                for (Path world : measure) {
                    for (After after : After.values()) {
                        List<Evidence.Known> own = known(network, world, after, progress);
                        results.add(WorldResult.of(world.getFileName() + " " + after, judged(own, ood, calibration)));
                    }
                }
                Json.write(
                        card,
                        new AttributionCard(
                                settings,
                                fit.stream()
                                        .map(world -> String.valueOf(world.getFileName()))
                                        .toList(),
                                calibration,
                                results));
            }
            return WorldResult.table(results);
        } catch (java.io.IOException e) {
            throw new io.redrl.base.RedrlException("Could not write " + card + ": " + e, e);
        }
    }

    /**
     * What a model says of all images of a world, each clean picture followed by its attacked versions.
     *
     * @param model the folder of a calibrated model
     */
    static List<WorldResult.Judged> judged(Path model, Path world, After after, Progress progress) {
        AttributionCard card = AttributionModel.readCard(model);
        try (ResidualNetwork network = AttributionModel.network(card.settings(), model);
                OodScore ood = OodScore.load(model, OodMethod.NEIGHBOURS, 1)) {
            return judged(known(network, world, after, progress), ood, card.calibration());
        }
    }

    private static List<WorldResult.Judged> judged(
            List<Evidence.Known> known, OodScore ood, AttributionCalibration calibration) {
        double[] scores = ood.of(AttributionModel.activations(
                known.stream().map(Evidence.Known::evidence).toList()));
        return IntStream.range(0, known.size())
                .mapToObj(i -> new WorldResult.Judged(
                        known.get(i), calibration.judge(known.get(i).evidence(), scores[i], calibration.prior())))
                .toList();
    }

    /** One in four: images that were compressed after the attack are the fewer. */
    private static List<Evidence.Known> some(List<Evidence.Known> all) {
        return Arrays.stream(Seed.permutation(all.size(), new SplittableRandom(all.size())))
                .limit(all.size() / 4)
                .mapToObj(all::get)
                .toList();
    }

    /** All images of a world. */
    static List<Evidence.Known> known(ResidualNetwork network, Path world, After after, Progress progress) {
        List<Image> images = new ArrayList<>();
        List<AttributionBatch.Label> labels = new ArrayList<>();
        List<Boolean> fools = new ArrayList<>();
        for (Traces.Picture picture : Traces.read(world)) {
            images.add(after.apply(picture.clean()));
            labels.add(AttributionBatch.Label.clean(0));
            fools.add(false);
            for (Traces.Version version : picture.versions()) {
                images.add(after.apply(version.image()));
                labels.add(AttributionBatch.label(version, picture.clean(), version.image()));
                fools.add(version.fools());
            }
        }
        List<Evidence.Known> result = new ArrayList<>();
        String name = String.valueOf(world.getFileName());
        try (Progress.Task task = progress.start("reading " + name + " " + after, images.size(), "images")) {
            for (int from = 0; from < images.size(); from += AT_ONCE) {
                progress.checkStopped();
                int to = Math.min(images.size(), from + AT_ONCE);
                List<Evidence> evidence = AttributionModel.evidence(network, images.subList(from, to));
                for (int i = from; i < to; i++) {
                    result.add(new Evidence.Known(evidence.get(i - from), labels.get(i), name, fools.get(i)));
                }
                task.advance(to - from);
            }
        }
        return result;
    }

    private static OodScore ood(List<Evidence.Known> known) {
        Activations activations = AttributionModel.activations(
                known.stream().map(Evidence.Known::evidence).toList());
        int[] classes = known.stream()
                .mapToInt(one -> one.label().algorithm().family().index())
                .toArray();
        return OodScore.fit(
                OodMethod.NEIGHBOURS,
                activations,
                classes,
                IntStream.range(0, classes.length).toArray(),
                1);
    }

    /** The calibration for what was read from images that nobody learnt from. */
    static AttributionCalibration fit(List<Evidence.Known> known, OodScore ood) {
        List<Evidence.Known> attacked = known.stream()
                .filter(one -> one.label().algorithm() != Algorithm.CLEAN)
                .toList();
        List<Evidence.Known> clean = known.stream()
                .filter(one -> one.label().algorithm() == Algorithm.CLEAN)
                .toList();
        Checks.require(
                !attacked.isEmpty() && !clean.isEmpty(),
                "a calibration needs attacked and clean images, got %d and %d",
                attacked.size(),
                clean.size());
        PlattScaling platt = PlattScaling.fit(scores(attacked), scores(clean));
        double familyTemperature = Temperature.fit(
                attacked.stream()
                        .map(one -> {
                            double[] logits = one.evidence().families();
                            return Arrays.copyOfRange(logits, 1, logits.length);
                        })
                        .toArray(double[][]::new),
                attacked.stream()
                        .mapToInt(one -> one.label().algorithm().family().index() - 1)
                        .toArray());
        double algorithmTemperature = Temperature.fit(
                attacked.stream().map(AttributionCalibrator::withinFamily).toArray(double[][]::new),
                attacked.stream()
                        .mapToInt(one -> one.label().algorithm().index())
                        .toArray());
        Map<String, List<Evidence.Known>> worlds = clean.stream()
                .collect(Collectors.groupingBy(Evidence.Known::world, LinkedHashMap::new, Collectors.toList()));
        double threshold = worlds.values().stream()
                .mapToDouble(world -> OrderStatistics.quantile(scores(world), 1 - FALSE_ALARMS))
                .max()
                .orElseThrow();
        double prior = 1 / (1 + Math.exp(platt.logit(threshold)));
        AttributionCalibration raw = new AttributionCalibration(
                platt,
                familyTemperature,
                algorithmTemperature,
                prior,
                new ConformalSets(List.of()),
                new ConformalSets(List.of()),
                residuals(attacked, 0),
                residuals(attacked, 1),
                OrderStatistics.quantile(
                        ood.of(AttributionModel.activations(
                                known.stream().map(Evidence.Known::evidence).toList())),
                        KNOWN));
        double[][] families =
                known.stream().map(one -> raw.families(one.evidence(), 0.5)).toArray(double[][]::new);
        double[][] algorithms = IntStream.range(0, families.length)
                .mapToObj(i -> raw.algorithms(known.get(i).evidence(), families[i]))
                .toArray(double[][]::new);
        int[] groups = known.stream()
                .mapToInt(one -> AttributionCalibration.group(one.evidence().side()))
                .toArray();
        return new AttributionCalibration(
                platt,
                familyTemperature,
                algorithmTemperature,
                prior,
                ConformalSets.fit(
                        families,
                        known.stream()
                                .mapToInt(
                                        one -> one.label().algorithm().family().index())
                                .toArray(),
                        groups,
                        AttributionCalibration.GROUPS),
                ConformalSets.fit(
                        algorithms,
                        known.stream()
                                .mapToInt(one -> one.label().algorithm().index())
                                .toArray(),
                        groups,
                        AttributionCalibration.GROUPS),
                raw.linf(),
                raw.rms(),
                raw.oodThreshold());
    }

    private static double[] scores(List<Evidence.Known> rows) {
        return rows.stream()
                .mapToDouble(one -> AttributionCalibration.score(one.evidence().families()))
                .toArray();
    }

    private static double[] withinFamily(Evidence.Known one) {
        double[] logits = one.evidence().algorithms();
        for (Algorithm algorithm : Algorithm.values()) {
            if (algorithm.family() != one.label().algorithm().family()) {
                logits[algorithm.index()] = -1e4;
            }
        }
        return logits;
    }

    private static List<List<Double>> residuals(List<Evidence.Known> attacked, int size) {
        ToDoubleFunction<Evidence.Known> residual = one -> (size == 0
                        ? AttributionOutputs.log2(one.label().linf())
                        : AttributionOutputs.log2OfRms(one.label().rms()))
                - one.evidence().sizes()[size];
        double[] all = attacked.stream().mapToDouble(residual).toArray();
        return Arrays.stream(Family.values())
                .map(family -> {
                    double[] own = attacked.stream()
                            .filter(one -> one.label().algorithm().family() == family)
                            .mapToDouble(residual)
                            .toArray();
                    double[] used = own.length < ENOUGH ? all : own;
                    return List.of(OrderStatistics.quantile(used, TAIL), OrderStatistics.quantile(used, 1 - TAIL));
                })
                .toList();
    }
}
