package io.redrl.attribution;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.ParquetShard;
import io.redrl.attack.AttackClass;
import io.redrl.attack.AttackSpec;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.image.Image;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The pictures of a world in memory, each with its attacked versions. */
final class Traces {
    private Traces() {}

    /**
     * A picture and what attacks made of it.
     *
     * @param clean the picture
     * @param versions attacked, at least one pixel changed
     */
    record Picture(Image clean, List<Version> versions) {}

    /**
     * A picture under an attack.
     *
     * @param image of the clean picture's shape
     * @param algorithm that made it
     * @param steps the class of its number of steps, see {@link Steps}
     * @param victim whom it attacked
     * @param fools whether the image as stored fools that victim
     */
    record Version(Image image, Algorithm algorithm, Steps steps, String victim, boolean fools) {}

    /** How many steps an attack takes. */
    enum Steps {
        /** One. */
        ONE,
        /** Two to ten. */
        FEW,
        /** More. */
        MANY;

        private static final List<Steps> ORDER = List.of(values());

        /** Its place among the network's outputs, from 0. */
        int index() {
            return ORDER.indexOf(this);
        }

        static Steps of(AttackSpec spec) {
            JsonNode steps =
                    Json.parse(Json.line(spec), JsonNode.class, spec.id()).path("steps");
            int count = steps.isNumber() ? steps.asInt() : 1;
            return count <= 1 ? ONE : count <= 10 ? FEW : MANY;
        }
    }

    /** The pictures of a world's folder, in their order; those that no attack changed are left out. */
    static List<Picture> read(Path folder) {
        List<Picture> pictures = new ArrayList<>();
        Map<String, AttackSpec> specs = new HashMap<>();
        for (Path shard : WorldMaker.shards(folder)) {
            Map<Integer, List<AdversarialExample>> byPicture = new HashMap<>();
            for (AdversarialExample row : ParquetShard.decode(shard)) {
                byPicture.computeIfAbsent(row.index(), key -> new ArrayList<>()).add(row);
            }
            byPicture.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey(Comparator.naturalOrder()))
                    .forEach(entry -> pictures.add(picture(entry.getValue(), specs)));
        }
        Checks.require(!pictures.isEmpty(), "%s has no pictures", folder);
        return pictures;
    }

    private static Picture picture(List<AdversarialExample> rows, Map<String, AttackSpec> specs) {
        Image clean = null;
        List<Version> versions = new ArrayList<>();
        for (AdversarialExample row : rows) {
            if (row.attack().equals(AttackClass.CLEAN.id())) {
                clean = row.image().rounded();
            } else {
                AttackSpec spec = specs.computeIfAbsent(
                        row.config(), text -> AttackSpec.of(Json.parse(text, JsonNode.class, "attack")));
                versions.add(new Version(
                        row.image().rounded(), Algorithm.of(spec), Steps.of(spec), row.victim(), row.success()));
            }
        }
        if (clean == null) {
            throw new RedrlException("a picture of a world has no clean row");
        }
        return new Picture(clean, versions);
    }
}
