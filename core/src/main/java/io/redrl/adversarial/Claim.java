package io.redrl.adversarial;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Checks;
import io.redrl.base.Fingerprint;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The plan of the set in a folder, its {@code _plan.json}: written before any shard, so that nothing else gets mixed in.
 *
 * @param plan the plan, which names the data set and its checksum
 * @param victims the victims and their checksums
 */
record Claim(AdversarialPlan plan, List<AdversarialManifest.Victim> victims) {
    static final String FILE = "_plan.json";

    /** Writes the claim on an empty folder; on another one makes sure that it is the same claim. */
    void on(Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            Checks.require(
                    empty(folder),
                    "%s holds other files: choose an empty or a new folder for the adversarial set",
                    folder);
            AtomicFiles.writeString(file, Json.pretty(this));
            return;
        }
        Fingerprint.of(this).requireSame(Fingerprint.of(Json.read(file, JsonNode.class)), folder);
    }

    /** Whether nothing is there, but for what a kill leaves of an unfinished first write. */
    private static boolean empty(Path folder) {
        if (!Files.exists(folder)) {
            return true;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.allMatch(file -> file.getFileName().toString().endsWith(".partial"));
        } catch (IOException e) {
            throw new RedrlException(folder + " is no folder that can be read: " + e, e);
        }
    }
}
