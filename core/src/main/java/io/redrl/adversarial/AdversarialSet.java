package io.redrl.adversarial;

import io.redrl.attack.AttackCatalog;
import io.redrl.attack.AttackClass;
import io.redrl.base.Checks;
import io.redrl.base.Checksums;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A finished adversarial set on disk. Rows come in the canonical order of {@link AdversarialPlan#items()}; they are read
 * when asked for, and only the files that a filter needs.
 */
public final class AdversarialSet {
    /** The manifest's file name: there when the set is complete. */
    static final String MANIFEST = "_set.json";

    private final Path folder;
    private final AdversarialManifest manifest;

    private AdversarialSet(Path folder, AdversarialManifest manifest) {
        this.folder = folder;
        this.manifest = manifest;
    }

    /**
     * Opens a set and reads every file once to check it against its checksum.
     *
     * @throws RedrlException if the set is unfinished, or a shard is missing or altered; the message names it
     */
    public static AdversarialSet open(Path folder) {
        Path file = folder.resolve(MANIFEST);
        Checks.require(
                Files.exists(file) || !Files.exists(folder.resolve("set.json")),
                "The adversarial set in %s was made by version 0.1, whose files are no longer read: make it again.",
                folder);
        if (!Files.exists(file)) {
            throw new RedrlException(
                    Files.exists(folder.resolve(Claim.FILE))
                            ? "The adversarial set in " + folder
                                    + " is not finished: run the command that was making it again, it goes on from there."
                            : "No adversarial set in " + folder + ": it has no " + MANIFEST + ".");
        }
        AdversarialManifest manifest = AdversarialManifest.read(file);
        List<String> missing = manifest.shards().stream()
                .map(AdversarialManifest.Shard::file)
                .filter(shard -> !Files.isRegularFile(folder.resolve(shard)))
                .toList();
        Checks.require(
                missing.isEmpty(),
                "The adversarial set in %s lacks %d of its %d shards: %s. Run the command that made it again, it makes"
                        + " only these.",
                folder,
                missing.size(),
                manifest.shards().size(),
                String.join(", ", missing.subList(0, Math.min(5, missing.size()))) + (missing.size() > 5 ? ", …" : ""));
        for (AdversarialManifest.Shard shard : manifest.shards()) {
            Path path = folder.resolve(shard.file());
            if (!Checksums.of(path).equals(shard.sha256())) {
                throw altered(path);
            }
        }
        return new AdversarialSet(folder, manifest);
    }

    /** The refusal of a shard that is not what the manifest says. */
    static RedrlException altered(Path shard) {
        return new RedrlException(
                "The shard " + shard + " was altered since it was made: its checksum is not the one in " + MANIFEST
                        + ". Delete it and run the command that made the set again, it makes only this one.");
    }

    /** What the set was made from. */
    public AdversarialPlan plan() {
        return manifest.plan();
    }

    /** What the set holds, with success rates and norms. */
    public AdversarialManifest manifest() {
        return manifest;
    }

    /** The SHA-256 of the manifest, which names every shard with its checksum. */
    String checksum() {
        return Checksums.of(folder.resolve(MANIFEST));
    }

    /** The rows of one file. */
    List<AdversarialExample> examples(AdversarialManifest.Shard shard) {
        return ParquetShard.decode(folder.resolve(shard.file()));
    }

    /** The rows of one file without pixels, which are not read. */
    List<AdversarialExample> heads(AdversarialManifest.Shard shard) {
        return ParquetShard.heads(folder.resolve(shard.file()));
    }

    /** The number of rows. */
    public int size() {
        return manifest.rows();
    }

    /** All rows, in memory: of large sets {@link SetRows} are. */
    public List<AdversarialExample> examples() {
        return read(shard -> true);
    }

    /** The rows of an attack class, clean included, against any victim. */
    public List<AdversarialExample> examples(AttackClass attack) {
        return read(shard -> shard.attack().equals(attack.id()));
    }

    /** The rows attacked against a victim; none for clean. */
    public List<AdversarialExample> examples(String victim) {
        return read(shard -> shard.victim().equals(victim));
    }

    /** The rows of an attack against a victim. */
    public List<AdversarialExample> examples(String victim, AttackClass attack) {
        return read(shard -> shard.victim().equals(victim) && shard.attack().equals(attack.id()));
    }

    private List<AdversarialExample> read(Predicate<AdversarialManifest.Shard> wanted) {
        List<AdversarialExample> rows = new ArrayList<>();
        for (AdversarialManifest.Shard shard : manifest.shards()) {
            if (wanted.test(shard)) {
                rows.addAll(ParquetShard.decode(folder.resolve(shard.file())));
            }
        }
        rows.sort(canonical(plan()));
        return rows;
    }

    static Comparator<AdversarialExample> canonical(AdversarialPlan plan) {
        Map<String, Integer> attacks = positions(AttackCatalog.order());
        Map<String, Integer> victims = positions(plan.victims());
        Map<String, Integer> configs =
                positions(plan.attacks().stream().map(Json::line).toList());
        return Comparator.comparingInt(AdversarialExample::index)
                .thenComparingInt(row -> attacks.getOrDefault(row.attack(), -1))
                .thenComparingInt(row -> victims.getOrDefault(row.victim(), -1))
                .thenComparingInt(row -> configs.getOrDefault(row.config(), -1));
    }

    private static Map<String, Integer> positions(List<String> names) {
        Map<String, Integer> positions = new HashMap<>();
        names.forEach(name -> positions.put(name, positions.size()));
        return positions;
    }
}
