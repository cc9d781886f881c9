package io.redrl.identify;

import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import io.redrl.model.ScriptSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The models that identification uses.
 *
 * @param recogniser the folder of the recogniser that judges
 * @param reconstructor the folder of a recogniser whose G repairs; empty if the judge's own G does, or nobody's
 * @param victim whose verdicts are told: a model folder, a TorchScript file, or a name in the cache; empty for none
 * @param statistics what saliency of that victim is measured against; empty for none
 * @param victimSettings what a TorchScript file does not tell of that victim
 */
public record IdentifyModels(
        Path recogniser,
        Optional<Path> reconstructor,
        Optional<String> victim,
        Optional<Path> statistics,
        ScriptSettings victimSettings) {
    /** The folder in a clone in which trained models lie. */
    public static final Path FOLDER = Path.of("models", "identify");

    private static final String CARD = "recogniser.json";

    /** Who judges, if there are several: the first of these that is there. */
    private static final List<String> JUDGES = List.of("redrl-plus", "redrl+", "redrl");

    /** One recogniser and nothing else. */
    public static IdentifyModels of(Path recogniser) {
        return new IdentifyModels(
                recogniser, Optional.empty(), Optional.empty(), Optional.empty(), ScriptSettings.NONE);
    }

    /**
     * What lies in a folder.
     *
     * @param folder a recogniser's own, or one with {@code recognisers/NAME/}, of which {@code redrl-plus} judges if it is
     *     there and, unless it has a G, {@code redrl} or the first that has one repairs; {@code victim/}, or else the first
     *     of {@code victims/}, or of those that the judge asks; and {@code saliency-statistics.json}
     * @throws RedrlException if there is no recogniser
     */
    public static IdentifyModels in(Path folder) {
        if (Files.isRegularFile(folder.resolve(CARD))) {
            return of(folder);
        }
        List<Path> recognisers = folders(folder.resolve("recognisers"), CARD);
        Checks.require(
                !recognisers.isEmpty(),
                "%s has no trained recogniser (recognisers/NAME/%s): name one with --recogniser, or train one with redrl run",
                folder,
                CARD);
        Path judge = JUDGES.stream()
                .map(name -> folder.resolve("recognisers").resolve(name))
                .filter(recognisers::contains)
                .findFirst()
                .orElse(recognisers.get(0));
        Optional<Path> reconstructor = Stream.concat(
                        Stream.of(judge, folder.resolve("recognisers").resolve("redrl")), recognisers.stream())
                .filter(IdentifyModels::hasReconstructor)
                .findFirst()
                .filter(recogniser -> !recogniser.equals(judge));
        Path own = folder.resolve("victim");
        Optional<String> victim = Stream.of(
                        Files.isDirectory(own) ? List.of(own) : List.<Path>of(),
                        folders(folder.resolve("victims"), "model.json"),
                        folders(judge.resolve("victims"), "model.json"))
                .flatMap(List::stream)
                .map(Path::toString)
                .findFirst();
        Optional<Path> statistics =
                Optional.of(folder.resolve("saliency-statistics.json")).filter(Files::isRegularFile);
        return new IdentifyModels(judge, reconstructor, victim, statistics, ScriptSettings.NONE);
    }

    /**
     * A recogniser of the user's, with what else lies in a folder.
     *
     * @param own a recogniser's folder, which judges and, if it has a G, repairs; or a folder for {@link #in(Path)}
     * @param shipped where victim and, if needed, G come from; it may be missing
     */
    public static IdentifyModels in(Path own, Path shipped) {
        if (!Files.isRegularFile(own.resolve(CARD))
                || folders(shipped.resolve("recognisers"), CARD).isEmpty()) {
            return in(own);
        }
        IdentifyModels others = in(shipped);
        Optional<Path> reconstructor = Stream.concat(Stream.of(own, others.recogniser), others.reconstructor.stream())
                .filter(IdentifyModels::hasReconstructor)
                .findFirst()
                .filter(recogniser -> !recogniser.equals(own));
        return new IdentifyModels(own, reconstructor, others.victim, others.statistics, ScriptSettings.NONE);
    }

    /** Another reconstructor. */
    public IdentifyModels withReconstructor(Path folder) {
        return new IdentifyModels(recogniser, Optional.of(folder), victim, statistics, victimSettings);
    }

    /** Another victim, with other statistics of saliency or none. */
    public IdentifyModels withVictim(Optional<String> name, Optional<Path> newStatistics) {
        return new IdentifyModels(recogniser, reconstructor, name, newStatistics, victimSettings);
    }

    /** The same with what a TorchScript file does not tell of the victim. */
    public IdentifyModels withVictimSettings(ScriptSettings settings) {
        return new IdentifyModels(recogniser, reconstructor, victim, statistics, settings);
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
