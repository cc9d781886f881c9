package io.redrl.identify;

import io.redrl.attribution.AttributionModel;
import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import io.redrl.model.ScriptSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The models that identification uses.
 *
 * @param judge the folder of the model that names the attack: a model of attribution, or a recogniser of the paper's six classes
 * @param reconstructor the folder of the recogniser whose G repairs; empty for nobody's
 * @param victim whose verdicts are told: a model folder, a TorchScript file, or a name in the cache; empty for none
 * @param statistics what saliency of that victim is measured against; empty for none
 * @param victimSettings what TorchScript files do not tell of that victim and of suspects
 * @param suspects victims that may be the attacked one, named like {@code victim}: a model of attribution asks them too
 * @param chosenVictim whether the user named the victim: one that comes with the models is asked about images of its own size only
 */
public record IdentifyModels(
        Path judge,
        Optional<Path> reconstructor,
        Optional<String> victim,
        Optional<Path> statistics,
        ScriptSettings victimSettings,
        List<String> suspects,
        boolean chosenVictim) {
    /** Copies the list. */
    public IdentifyModels {
        suspects = List.copyOf(suspects);
    }

    /** The folder in a clone in which trained models lie. */
    public static final Path FOLDER = Path.of("models", "identify");

    private static final String CARD = "recogniser.json";

    /** One judge, which repairs if it has a G, and nothing else. */
    public static IdentifyModels of(Path judge) {
        return new IdentifyModels(
                judge,
                Optional.of(judge).filter(IdentifyModels::hasReconstructor),
                Optional.empty(),
                Optional.empty(),
                ScriptSettings.NONE,
                List.of(),
                false);
    }

    /**
     * What lies in a folder.
     *
     * @param folder a judge's own, or one with {@code attribution/}, which judges, or else one recogniser in {@code recognisers/};
     *     {@code reconstructor/}, a recogniser whose G repairs, or else the judge's own does; {@code victim/}, or else the first of
     *     {@code victims/}; and {@code saliency-statistics.json}
     * @throws RedrlException if nobody judges, or several might
     */
    public static IdentifyModels in(Path folder) {
        if (isJudge(folder)) {
            return of(folder);
        }
        Path judge = judgeIn(folder);
        Optional<Path> reconstructor = Stream.of(folder.resolve("reconstructor"), judge)
                .filter(IdentifyModels::hasReconstructor)
                .findFirst();
        Optional<String> victim = Stream.concat(
                        Stream.of(folder.resolve("victim")).filter(Files::isDirectory),
                        folders(folder.resolve("victims"), "model.json").stream())
                .map(Path::toString)
                .findFirst();
        Optional<Path> statistics =
                Optional.of(folder.resolve("saliency-statistics.json")).filter(Files::isRegularFile);
        return new IdentifyModels(judge, reconstructor, victim, statistics, ScriptSettings.NONE, List.of(), false);
    }

    private static Path judgeIn(Path folder) {
        Path attribution = folder.resolve("attribution");
        if (isJudge(attribution)) {
            return attribution;
        }
        List<Path> recognisers = folders(folder.resolve("recognisers"), CARD);
        Checks.require(
                !recognisers.isEmpty(),
                "%s has no trained model: neither %s, nor attribution/, nor recognisers/NAME/%s. Name one with --models, or make one"
                        + " with redrl fit or redrl run",
                folder,
                AttributionModel.CARD,
                CARD);
        Checks.require(
                recognisers.size() == 1,
                "%s has several recognisers, name one of them: %s",
                folder,
                recognisers.stream().map(Path::toString).collect(Collectors.joining(", ")));
        return recognisers.get(0);
    }

    /**
     * A judge of the user's, with what else lies in a folder.
     *
     * @param own a judge's folder, whose G repairs if it has one; or a folder for {@link #in(Path)}
     * @param shipped where victim and, if needed, G come from; it may be missing
     */
    public static IdentifyModels in(Path own, Path shipped) {
        IdentifyModels models = in(own);
        if (!isJudge(own) || !Files.isDirectory(shipped)) {
            return models;
        }
        IdentifyModels others = in(shipped);
        return new IdentifyModels(
                own,
                models.reconstructor.or(others::reconstructor),
                others.victim,
                others.statistics,
                ScriptSettings.NONE,
                List.of(),
                false);
    }

    /** Another reconstructor. */
    public IdentifyModels withReconstructor(Path folder) {
        return new IdentifyModels(
                judge, Optional.of(folder), victim, statistics, victimSettings, suspects, chosenVictim);
    }

    /** Another victim, with other statistics of saliency or none. */
    public IdentifyModels withVictim(Optional<String> name, Optional<Path> newStatistics) {
        return new IdentifyModels(judge, reconstructor, name, newStatistics, victimSettings, suspects, true);
    }

    /** Other suspects. */
    public IdentifyModels withSuspects(List<String> names) {
        return new IdentifyModels(judge, reconstructor, victim, statistics, victimSettings, names, chosenVictim);
    }

    /** The same with what TorchScript files do not tell of the victims. */
    public IdentifyModels withVictimSettings(ScriptSettings settings) {
        return new IdentifyModels(judge, reconstructor, victim, statistics, settings, suspects, chosenVictim);
    }

    /** Whether the judge is a model of attribution. */
    boolean attributes() {
        return Files.isRegularFile(judge.resolve(AttributionModel.CARD));
    }

    private static boolean isJudge(Path folder) {
        return Files.isRegularFile(folder.resolve(AttributionModel.CARD)) || Files.isRegularFile(folder.resolve(CARD));
    }

    private static boolean hasReconstructor(Path recogniser) {
        return Files.isRegularFile(recogniser.resolve("g.safetensors"));
    }

    private static List<Path> folders(Path parent, String file) {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(parent)) {
            return children.filter(child -> Files.isRegularFile(child.resolve(file)))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new RedrlException("Could not list " + parent + ": " + e, e);
        }
    }
}
