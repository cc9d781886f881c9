package io.redrl.experiment;

import io.redrl.attribution.AttributionCalibrator;
import io.redrl.attribution.AttributionSettings;
import io.redrl.attribution.AttributionTrainer;
import io.redrl.attribution.WorldMaker;
import io.redrl.attribution.WorldSpec;
import io.redrl.attribution.WorldSpec.Role;
import io.redrl.base.AtomicFiles;
import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.base.Json;
import io.redrl.base.Progress;
import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.training.VictimSpec;
import io.redrl.training.VictimTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Experiment that makes a model of attribution: victims, worlds, training, calibration and measurement, each a {@link Stage} with a folder
 * of its own below {@code runs/NAME/}. Its file is told from an {@link ExperimentSpec} by its {@code worlds}.
 *
 * @param name the run's folder under {@code runs/}
 * @param seed everything random comes from it
 * @param victims the classifiers to train first, which the worlds name; others are named by their path there
 * @param worlds what to learn from, calibrate on and measure on
 * @param trainings one after the other, each from the weights of the one before
 */
public record AttributionExperiment(
        String name, long seed, List<Victim> victims, List<WorldSpec> worlds, List<AttributionSettings> trainings) {
    private static final String VICTIMS = "victims";
    private static final String WORLDS = "worlds";
    private static final String MODEL = "model";

    /** The table of what the model is worth, beside its card. */
    private static final String RESULTS = "results.md";

    /** Checks names and roles. */
    public AttributionExperiment {
        victims = List.copyOf(victims);
        worlds = List.copyOf(worlds);
        trainings = List.copyOf(trainings);
        Checks.require(
                name.matches("[A-Za-z0-9][A-Za-z0-9._-]*"),
                "name must be of letters, digits, '.', '_' and '-', got '%s'",
                name);
        Checks.require(!trainings.isEmpty(), "trainings must have at least one");
        Set<String> names = new HashSet<>();
        victims.forEach(victim -> Checks.require(names.add(victim.name()), "victims names %s twice", victim.name()));
        worlds.forEach(world -> Checks.require(names.add(world.name()), "worlds names %s twice", world.name()));
        for (Role role : List.of(Role.FIT, Role.CALIBRATE)) {
            List<WorldSpec> all = worlds;
            Checks.require(
                    all.stream().anyMatch(world -> world.role() == role),
                    "worlds must have at least one of role %s",
                    role.name().toLowerCase(Locale.ROOT));
        }
    }

    /**
     * A victim to train.
     *
     * @param name its folder
     * @param data what it learns from, as experiments name data
     * @param train how: {@code model}, {@code recipe}, and what differs from the recipe
     */
    public record Victim(String name, String data, JsonNode train) {
        private VictimSpec spec() {
            return new NetworkSource.Trained(name, train).spec();
        }
    }

    /**
     * What a run ends with.
     *
     * @param model its folder
     * @param table what the model is worth, in Markdown; also in the folder
     */
    public record Outcome(Path model, String table) {}

    /** Whether a file is an experiment of this kind. */
    public static boolean is(Path file) {
        return Json.yamlTree(ExperimentRunner.text(file), file.toString()).has(WORLDS);
    }

    /** Reads such a file and checks all of it. */
    public static AttributionExperiment read(Path file, Consumer<String> warnings) {
        AttributionExperiment read = Json.readYaml(file, AttributionExperiment.class, warnings);
        read.victims.forEach(Victim::spec);
        return read;
    }

    /**
     * Makes the model, or goes on with one.
     *
     * @param runs where runs lie; this one takes {@code runs/NAME}
     * @param progress told about everything; asked between steps whether to stop
     */
    public Outcome run(Path runs, Progress progress) {
        Path folder = runs.resolve(name);
        Stages stages = new Stages(folder, progress);
        victims.forEach(victim -> stages.run(stage(victim, progress)));
        worlds.forEach(world -> stages.run(stage(world, folder, progress)));
        for (int i = 0; i < trainings.size(); i++) {
            stages.run(training(i, folder, progress));
        }
        stages.run(calibration(folder, progress));
        Path model = folder.resolve(MODEL);
        return new Outcome(model, ExperimentRunner.text(model.resolve(RESULTS)));
    }

    private Stage stage(Victim victim, Progress progress) {
        VictimSpec recipe = victim.spec();
        Seed own = new Seed(seed).child(victim.name());
        ImageDataset learn = Datasets.open(victim.data(), Split.TRAIN);
        ImageDataset measure = Datasets.open(victim.data(), Split.TEST);
        int most = recipe.trainImages() == 0 ? learn.size() : Math.min(recipe.trainImages(), learn.size());
        long images = (long) recipe.epochs() * most;
        return new Stage(
                VICTIMS + "/" + victim.name(),
                () -> List.of(recipe, own, learn.checksum(), measure.checksum()),
                images,
                Stage.IMAGES,
                false,
                into -> {
                    VictimTrainer.train(recipe, own, learn, measure, into, progress);
                    return images;
                });
    }

    private Stage stage(WorldSpec world, Path folder, Progress progress) {
        Path models = folder.resolve(VICTIMS);
        return new Stage(
                WORLDS + "/" + world.name(),
                () -> List.of(
                        world,
                        seed,
                        world.victims().stream()
                                .map(victim -> models.resolve(victim).resolve("model.safetensors"))
                                .filter(Files::exists)
                                .map(Checksums::of)
                                .toList()),
                world.images(),
                Stage.IMAGES,
                false,
                into -> {
                    WorldMaker.make(world, new Seed(seed), models, into, progress);
                    return world.images();
                });
    }

    private Stage training(int number, Path folder, Progress progress) {
        AttributionSettings settings = trainings.get(number);
        List<Path> learn = folders(folder, Role.FIT);
        Optional<Path> start = number == 0 ? Optional.empty() : Optional.of(folder.resolve(training(number - 1)));
        return new Stage(
                training(number),
                () -> List.of(
                        settings,
                        checksums(learn),
                        start.map(model -> Checksums.of(model.resolve(AttributionTrainer.WEIGHTS)))
                                .orElse("")),
                settings.steps(),
                "steps",
                false,
                into -> {
                    AttributionTrainer.train(learn, settings, start, into, progress);
                    return settings.steps();
                });
    }

    private static String training(int number) {
        return "training-" + (number + 1);
    }

    /** Measures on the worlds that are for testing, or without any on those that settings were chosen by. */
    private Stage calibration(Path folder, Progress progress) {
        List<Path> calibrate = folders(folder, Role.CALIBRATE);
        List<Path> test = folders(folder, Role.TEST);
        List<Path> measure = test.isEmpty() ? folders(folder, Role.CHOOSE) : test;
        Path trained = folder.resolve(training(trainings.size() - 1)).resolve(AttributionTrainer.WEIGHTS);
        AttributionSettings settings = trainings.get(trainings.size() - 1);
        return new Stage(
                MODEL,
                () -> List.of(settings, Checksums.of(trained), checksums(calibrate), checksums(measure)),
                calibrate.size() + (long) measure.size(),
                WORLDS,
                false,
                into -> {
                    try {
                        Files.copy(
                                trained, into.resolve(AttributionTrainer.WEIGHTS), StandardCopyOption.REPLACE_EXISTING);
                    } catch (IOException e) {
                        throw new RedrlException("Could not copy " + trained + ": " + e, e);
                    }
                    AtomicFiles.writeString(
                            into.resolve(RESULTS),
                            AttributionCalibrator.calibrate(
                                    into, settings, folders(folder, Role.FIT), calibrate, measure, progress));
                    return calibrate.size() + (long) measure.size();
                });
    }

    private List<Path> folders(Path folder, Role role) {
        return worlds.stream()
                .filter(world -> world.role() == role)
                .map(world -> folder.resolve(WORLDS).resolve(world.name()))
                .toList();
    }

    private static List<String> checksums(List<Path> worlds) {
        List<String> all = new ArrayList<>();
        worlds.forEach(world -> WorldMaker.shards(world).forEach(shard -> all.add(Checksums.of(shard))));
        return all;
    }
}
