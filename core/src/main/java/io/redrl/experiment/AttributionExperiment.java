package io.redrl.experiment;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.redrl.attribution.AttributionCalibrator;
import io.redrl.attribution.AttributionSettings;
import io.redrl.attribution.AttributionTrainer;
import io.redrl.attribution.SuspectRows;
import io.redrl.attribution.SuspectSettings;
import io.redrl.attribution.SuspectTrainer;
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
 * @param suspects the last training, which teaches the model to ask suspected victims; if left out {@link SuspectSettings#DEFAULTS}
 */
public record AttributionExperiment(
        String name,
        long seed,
        List<Victim> victims,
        List<WorldSpec> worlds,
        List<AttributionSettings> trainings,

        @JacksonInject(value = Json.OR_ABSENT, useInput = OptBoolean.TRUE) @JsonInclude(JsonInclude.Include.NON_ABSENT)
        Optional<SuspectSettings> suspects) {
    private static final String VICTIMS = "victims";
    private static final String WORLDS = "worlds";
    private static final String MODEL = "model";
    private static final String ANSWERS = "answers";
    private static final String SUSPECTS = "suspects";

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
        if (asking().steps() > 0) {
            for (WorldSpec world : worlds) {
                List<String> asked = asked(world);
                if (judged(world.role()) && !asked.isEmpty()) {
                    stages.run(answers(world, asked, folder, progress));
                }
            }
            stages.run(suspects(folder, progress));
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

    private SuspectSettings asking() {
        return suspects.orElse(SuspectSettings.DEFAULTS);
    }

    /** Whether worlds of a role are used: those that settings are chosen by only where there are none for testing. */
    private boolean judged(Role role) {
        return role != Role.CHOOSE || worlds.stream().noneMatch(world -> world.role() == Role.TEST);
    }

    /** Whom to suspect in a world: those that it attacks or, where nobody is attacked, those of the other worlds of its role. */
    private List<String> asked(WorldSpec world) {
        return worlds.stream()
                .filter(other -> world.victims().isEmpty() ? other.role() == world.role() : other.equals(world))
                .flatMap(other -> other.victims().stream())
                .distinct()
                .toList();
    }

    private Stage answers(WorldSpec world, List<String> asked, Path folder, Progress progress) {
        Path models = folder.resolve(VICTIMS);
        Path made = folder.resolve(WORLDS).resolve(world.name());
        return new Stage(
                ANSWERS + "/" + world.name(),
                () -> List.of(asked, asking().megapixels(), asking().seed(), checksums(List.of(made))),
                world.images(),
                Stage.IMAGES,
                false,
                into -> {
                    boolean measured = world.role() == Role.CHOOSE || world.role() == Role.TEST;
                    SuspectRows.ask(made, asked, models, asking(), !measured, into, progress);
                    return world.images();
                });
    }

    private Stage suspects(Path folder, Progress progress) {
        List<SuspectRows.Asked> learn = asked(folder, Role.FIT);
        Path trained = folder.resolve(training(trainings.size() - 1));
        return new Stage(
                SUSPECTS,
                () -> List.of(
                        asking(), Checksums.of(trained.resolve(AttributionTrainer.WEIGHTS)), answerChecksums(learn)),
                asking().steps(),
                "steps",
                false,
                into -> {
                    SuspectTrainer.train(learn, trained, trainings.get(trainings.size() - 1), asking(), into, progress);
                    return asking().steps();
                });
    }

    private List<SuspectRows.Asked> asked(Path folder, Role role) {
        return worlds.stream()
                .filter(world -> world.role() == role && !asked(world).isEmpty())
                .map(world -> new SuspectRows.Asked(
                        folder.resolve(WORLDS).resolve(world.name()),
                        folder.resolve(ANSWERS).resolve(world.name())))
                .toList();
    }

    private static List<String> answerChecksums(List<SuspectRows.Asked> asked) {
        return asked.stream()
                .map(one -> Checksums.of(one.answers().resolve(SuspectRows.FILE)))
                .toList();
    }

    /** Measures on the worlds that are for testing, or without any on those that settings were chosen by. */
    private Stage calibration(Path folder, Progress progress) {
        List<Path> calibrate = folders(folder, Role.CALIBRATE);
        List<Path> test = folders(folder, Role.TEST);
        Role measured = test.isEmpty() ? Role.CHOOSE : Role.TEST;
        List<Path> measure = folders(folder, measured);
        Path trained = folder.resolve(training(trainings.size() - 1)).resolve(AttributionTrainer.WEIGHTS);
        Path suspecting = folder.resolve(SUSPECTS).resolve(SuspectTrainer.WEIGHTS);
        AttributionSettings settings = trainings.get(trainings.size() - 1);
        return new Stage(
                MODEL,
                () -> {
                    List<Object> inputs = new ArrayList<>(List.of(
                            settings, Checksums.of(trained), checksums(calibrate), checksums(measure), asking()));
                    if (asking().steps() > 0) {
                        inputs.add(Checksums.of(suspecting));
                        inputs.add(answerChecksums(asked(folder, Role.CALIBRATE)));
                        inputs.add(answerChecksums(asked(folder, measured)));
                    }
                    return inputs;
                },
                calibrate.size() + (long) measure.size(),
                WORLDS,
                false,
                into -> {
                    copy(trained, into);
                    String table = AttributionCalibrator.calibrate(
                            into, settings, folders(folder, Role.FIT), calibrate, measure, progress);
                    if (asking().steps() > 0) {
                        copy(suspecting, into);
                        table += "\n"
                                + AttributionCalibrator.calibrateSuspects(
                                        into,
                                        asking(),
                                        asked(folder, Role.CALIBRATE),
                                        asked(folder, measured),
                                        progress);
                    }
                    AtomicFiles.writeString(into.resolve(RESULTS), table);
                    return calibrate.size() + (long) measure.size();
                });
    }

    private static void copy(Path file, Path into) {
        try {
            Files.copy(file, into.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new RedrlException("Could not copy " + file + ": " + e, e);
        }
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
