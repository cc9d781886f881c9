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
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Calibrates a trained network on worlds that it did not learn from, and measures it on others. */
public final class AttributionCalibrator {
    /** Of the calibration's clean images of a group of sizes. */
    private static final double FALSE_ALARMS = 0.01;

    private static final double KNOWN = 0.995;
    private static final double TAIL = 0.05;
    private static final double EVEN = 0.5;
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
                Optional<ModelParsing> parsing = ModelParsing.fit(known);
                for (Path world : measure) {
                    for (After after : After.values()) {
                        List<Evidence.Known> own = known(network, world, after, progress);
                        results.add(WorldResult.of(
                                world.getFileName() + " " + after, judged(own, ood, calibration), parsing));
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
                        known.get(i), calibration.judge(known.get(i).evidence(), scores[i], Optional.empty())))
                .toList();
    }

    /** Who is suspected in a measurement. */
    enum Suspected {
        /** Nobody. */
        NOBODY("no suspects"),
        /** One to three, the attacked one among them. */
        THE_ATTACKED_ONE_TOO("attacked one suspected"),
        /** One to three, but not the attacked one. */
        OTHERS("others suspected");

        private final String label;

        Suspected(String label) {
            this.label = label;
        }

        /** Images as they are judged then; one that nobody else could be suspected for is left out. */
        List<Evidence.Known> known(List<SuspectRows.Row> rows, SuspectHead head, Seed seed) {
            List<Evidence.Known> known = new ArrayList<>();
            List<float[]> values = new ArrayList<>();
            for (int i = 0; i < rows.size(); i++) {
                SuspectRows.Row row = rows.get(i);
                boolean asked = this != THE_ATTACKED_ONE_TOO || row.clean() || row.attackedAsked();
                int[] drawn = this == NOBODY
                        ? new int[0]
                        : row.drawn(
                                this == THE_ATTACKED_ONE_TOO,
                                seed.child(label).child(i).random());
                if (this == NOBODY || (asked && drawn.length > 0)) {
                    known.add(row.known());
                    values.add(row.answers().values(drawn));
                }
            }
            List<Evidence> corrected = head.corrected(
                    known.stream().map(Evidence.Known::evidence).toList(),
                    values,
                    Collections.nCopies(known.size(), List.of()));
            return IntStream.range(0, known.size())
                    .mapToObj(i -> known.get(i).with(corrected.get(i)))
                    .toList();
        }
    }

    /**
     * Calibrates and measures a model that {@link #calibrate} has seen where it asks suspects, and adds that to its card.
     *
     * @param folder of the model, with its card and {@link SuspectTrainer#WEIGHTS}
     * @param calibrate worlds to calibrate on
     * @param measure worlds to measure it on
     * @return the results as a table, those without suspects on the same images too
     */
    public static String calibrateSuspects(
            Path folder,
            SuspectSettings settings,
            List<SuspectRows.Asked> calibrate,
            List<SuspectRows.Asked> measure,
            Progress progress) {
        Path file = folder.resolve(AttributionModel.CARD);
        AttributionCard card = Json.read(file, AttributionCard.class);
        try (ResidualNetwork network = AttributionModel.network(card.settings(), folder);
                SuspectHead head = SuspectHead.open(folder.resolve(SuspectTrainer.WEIGHTS));
                OodScore ood = OodScore.load(folder, OodMethod.NEIGHBOURS, 1)) {
            Seed seed = new Seed(settings.seed());
            List<Evidence.Known> known = new ArrayList<>();
            for (SuspectRows.Asked world : calibrate) {
                List<SuspectRows.Row> rows = SuspectRows.read(network, world, progress);
                known.addAll(Suspected.THE_ATTACKED_ONE_TOO.known(rows, head, seed.child("calibrated")));
                known.addAll(Suspected.OTHERS.known(rows, head, seed.child("calibrated")));
            }
            AttributionCalibration calibration = fit(known, card.calibration().oodThreshold());
            List<WorldResult> results = new ArrayList<>();
            List<WorldResult> shown = new ArrayList<>();
            for (SuspectRows.Asked world : measure) {
                List<SuspectRows.Row> rows = SuspectRows.read(network, world, progress);
                for (Suspected suspected : Suspected.values()) {
                    List<Evidence.Known> own = suspected.known(rows, head, seed.child("measured"));
                    WorldResult result = WorldResult.of(
                            world.world().getFileName() + ", " + suspected.label,
                            judged(own, ood, suspected == Suspected.NOBODY ? card.calibration() : calibration));
                    shown.add(result);
                    if (suspected != Suspected.NOBODY) {
                        results.add(result);
                    }
                }
            }
            Json.write(
                    file,
                    new AttributionCard(
                            card.settings(),
                            card.fit(),
                            card.calibration(),
                            card.results(),
                            Optional.of(new AttributionCard.WithSuspects(settings, calibration, results))));
            return WorldResult.table(shown);
        }
    }

    /** One in four: images that were compressed after the attack are the fewer. */
    private static List<Evidence.Known> some(List<Evidence.Known> all) {
        return Arrays.stream(Seed.permutation(all.size(), new SplittableRandom(all.size())))
                .limit(all.size() / 4)
                .mapToObj(all::get)
                .toList();
    }

    /**
     * An image of a world, as it is judged.
     *
     * @param label what is true of it
     * @param fools whether it fools the victim that it was made for
     */
    record Sample(Image image, AttributionBatch.Label label, boolean fools) {
        /** A version of a picture by its place, or the clean picture for -1. */
        static Sample of(Traces.Picture picture, int version, After after) {
            if (version < 0) {
                return new Sample(after.apply(picture.clean()), AttributionBatch.Label.clean(0), false);
            }
            Traces.Version one = picture.versions().get(version);
            return new Sample(
                    after.apply(one.image()), AttributionBatch.label(one, picture.clean(), one.image()), one.fools());
        }
    }

    /** All images of a world. */
    static List<Evidence.Known> known(ResidualNetwork network, Path world, After after, Progress progress) {
        List<Sample> samples = new ArrayList<>();
        for (Traces.Picture picture : Traces.read(world)) {
            for (int version = -1; version < picture.versions().size(); version++) {
                samples.add(Sample.of(picture, version, after));
            }
        }
        return known(network, String.valueOf(world.getFileName()), samples, progress);
    }

    /** What a network reads from images of a world. */
    static List<Evidence.Known> known(ResidualNetwork network, String world, List<Sample> samples, Progress progress) {
        List<Evidence.Known> result = new ArrayList<>();
        try (Progress.Task task = progress.start("reading " + world, samples.size(), "images")) {
            for (int from = 0; from < samples.size(); from += AT_ONCE) {
                progress.checkStopped();
                List<Sample> part = samples.subList(from, Math.min(samples.size(), from + AT_ONCE));
                List<Evidence> evidence = AttributionModel.evidence(
                        network, part.stream().map(Sample::image).toList());
                for (int i = 0; i < part.size(); i++) {
                    Sample sample = part.get(i);
                    result.add(new Evidence.Known(evidence.get(i), sample.label(), world, sample.fools()));
                }
                task.advance(part.size());
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
        return fit(
                known,
                OrderStatistics.quantile(
                        ood.of(AttributionModel.activations(
                                known.stream().map(Evidence.Known::evidence).toList())),
                        KNOWN));
    }

    /** The same with a given score above which an image is unknown. */
    static AttributionCalibration fit(List<Evidence.Known> known, double oodThreshold) {
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
        List<AttributionCalibration.Detection> detection = IntStream.range(0, AttributionCalibration.GROUPS)
                .mapToObj(group -> detection(attacked, clean, group))
                .toList();
        AttributionCalibration raw = new AttributionCalibration(
                detection,
                familyTemperature,
                algorithmTemperature,
                new ConformalSets(List.of()),
                new ConformalSets(List.of()),
                residuals(attacked, 0),
                residuals(attacked, 1),
                oodThreshold);
        double[][] families =
                known.stream().map(one -> raw.families(one.evidence(), EVEN)).toArray(double[][]::new);
        double[][] algorithms = IntStream.range(0, families.length)
                .mapToObj(i -> raw.algorithms(known.get(i).evidence(), families[i]))
                .toArray(double[][]::new);
        int[] groups = known.stream()
                .mapToInt(one -> AttributionCalibration.group(one.evidence().side()))
                .toArray();
        return new AttributionCalibration(
                detection,
                familyTemperature,
                algorithmTemperature,
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
                oodThreshold);
    }

    /** That of images of one group by size, or of all where the group has hardly any. */
    private static AttributionCalibration.Detection detection(
            List<Evidence.Known> attacked, List<Evidence.Known> clean, int group) {
        List<Evidence.Known> ownAttacked = ofGroup(attacked, group);
        List<Evidence.Known> ownClean = ofGroup(clean, group);
        if (ownAttacked.size() < ENOUGH || ownClean.size() < ENOUGH) {
            ownAttacked = attacked;
            ownClean = clean;
        }
        PlattScaling platt = PlattScaling.fit(scores(ownAttacked), scores(ownClean));
        double threshold = OrderStatistics.quantile(scores(ownClean), 1 - FALSE_ALARMS);
        return new AttributionCalibration.Detection(platt, 1 / (1 + Math.exp(platt.logit(threshold))));
    }

    private static List<Evidence.Known> ofGroup(List<Evidence.Known> rows, int group) {
        return rows.stream()
                .filter(one -> AttributionCalibration.group(one.evidence().side()) == group)
                .toList();
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
