package io.redrl.adversarial;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import io.redrl.image.ImageShape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The manifest of an adversarial set, its {@code _set.json}: what the set holds and what it was made from. Nothing in it depends on when or how often
 * the work was stopped.
 *
 * @param format {@link #FORMAT}
 * @param plan what was asked for; names the data set and its checksum
 * @param shape the size of every image
 * @param classNames the names of the classes by number, which labels and predictions are; absent where the data set has none, or others
 *     than the victims
 * @param victims the victims, in the plan's order
 * @param rows the number of rows in all shards
 * @param shards every file, in the order of work
 * @param attacks success and norms per victim and attack
 * @param configs the same per victim, attack and configuration
 */
public record AdversarialManifest(
        int format,
        AdversarialPlan plan,
        ImageShape shape,

        @JacksonInject(value = Json.OR_ABSENT, useInput = OptBoolean.TRUE) @JsonInclude(JsonInclude.Include.NON_ABSENT)
        Optional<List<String>> classNames,

        List<Victim> victims,
        int rows,
        List<Shard> shards,
        List<AttackSummary> attacks,
        List<AttackSummary> configs) {

    /** The version of manifest and rows; sets of another one are refused. */
    static final int FORMAT = 3;

    /** The oldest that is read: its rows have no names, and {@code success_8bit} is called {@code success8bit} there. */
    private static final int OLDEST = 2;

    /** Copies the lists. */
    public AdversarialManifest {
        classNames = classNames.map(List::copyOf);
        victims = List.copyOf(victims);
        shards = List.copyOf(shards);
        attacks = List.copyOf(attacks);
        configs = List.copyOf(configs);
    }

    /**
     * Reads a manifest.
     *
     * @throws RedrlException if it is of another format
     */
    static AdversarialManifest read(Path file) {
        int format = Json.read(file, JsonNode.class).path("format").asInt(1);
        Checks.require(
                format >= OLDEST && format <= FORMAT,
                "%s is of an adversarial set of format %d; this redrl reads and writes format %d. Make the set again, in"
                        + " another folder or after deleting this one.",
                file,
                format,
                FORMAT);
        return Json.read(file, AdversarialManifest.class);
    }

    /**
     * The summaries as a table: for each victim, in the plan's order, each attack over all its configurations, followed by
     * those of its configurations one by one where there are several.
     */
    public List<AttackSummary> table() {
        List<AttackSummary> table = new ArrayList<>();
        for (Victim victim : victims) {
            for (AttackSummary all : of(victim, attacks)) {
                table.add(all);
                List<AttackSummary> each = of(victim, configs).stream()
                        .filter(config -> config.attack().equals(all.attack()))
                        .toList();
                table.addAll(each.size() > 1 ? each : List.of());
            }
        }
        return table;
    }

    private static List<AttackSummary> of(Victim victim, List<AttackSummary> summaries) {
        return summaries.stream()
                .filter(summary -> summary.victim().equals(victim.id()))
                .toList();
    }

    /**
     * A victim.
     *
     * @param id its id
     * @param checksum SHA-256 of its weights
     */
    public record Victim(String id, String checksum) {}

    /**
     * A file.
     *
     * @param file its path below the set's folder, with {@code /}
     * @param victim the victim of its rows
     * @param attack the attack of its rows
     * @param config the configuration of its rows
     * @param rows the number of rows
     * @param sha256 checksum of its content
     */
    public record Shard(String file, String victim, String attack, String config, int rows, String sha256) {}
}
