package io.redrl.cli;

import io.redrl.base.Checksums;
import io.redrl.base.Json;
import io.redrl.base.Seed;
import io.redrl.image.ImageShape;
import io.redrl.model.ModelCard;
import io.redrl.model.Network;
import io.redrl.model.VictimCatalog;
import io.redrl.model.Weights;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Untrained victims of two classes. */
final class MadeVictim {
    private MadeVictim() {}

    /** Writes a model folder. */
    static void write(Path folder, ImageShape shape, long seed) {
        Path weights = folder.resolve(ModelCard.WEIGHTS);
        try (Network network = VictimCatalog.named("vgg8").network(2, new Seed(seed))) {
            Weights.save(network, weights);
        }
        ModelCard card = new ModelCard(
                "vgg8",
                "made/train",
                "0",
                List.of("blue", "red"),
                shape,
                List.of(0.5, 0.5, 0.5),
                List.of(0.3, 0.3, 0.3),
                Json.parse("{}", JsonNode.class, "test"),
                seed,
                "made/test",
                1,
                0.5,
                1,
                1,
                1,
                Checksums.of(weights),
                Map.of());
        Json.write(folder.resolve(ModelCard.FILE), card);
    }
}
