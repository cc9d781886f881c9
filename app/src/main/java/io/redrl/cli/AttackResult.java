package io.redrl.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.redrl.adversarial.AdversarialManifest;
import io.redrl.adversarial.AttackSummary;
import io.redrl.adversarial.ConfigNames;
import io.redrl.attack.VictimCheck;
import io.redrl.base.Durations;
import io.redrl.base.Json;
import io.redrl.stats.Proportion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What {@code redrl attack} has to say, as data and as text.
 *
 * @param set the set's folder
 * @param pictures the folder of the pictures, if any were asked for
 * @param attacks a row for each configuration
 * @param warnings what was noticed about the victim
 */
record AttackResult(String set, Optional<String> pictures, List<Row> attacks, List<VictimCheck.Warning> warnings) {

    /**
     * How a configuration fared.
     *
     * @param attack its id
     * @param settings all its settings
     * @param victim the victim's id
     * @param towards which class the victim should see, {@code none} if any other will do
     * @param images how many were attacked
     * @param accuracyBefore the part of them that the victim had right, in [0, 1]
     * @param accuracyAfter the same for the images as stored
     * @param successFloat the part of those that it had right that succeeded before rounding; null if there are none
     * @param success8bit the same for 8 bits
     * @param l2 Euclidean length of the change, where it succeeded as stored; null if it did nowhere
     * @param linf largest change of a value, where it succeeded as stored; null if it did nowhere
     * @param seconds that its batches took, added up also where they ran side by side; 0 if all was there already
     * @param imagesPerSecond images by those seconds; null if all was there already
     */
    record Row(
            String attack,
            Map<?, ?> settings,
            String victim,
            String towards,
            int images,
            double accuracyBefore,
            double accuracyAfter,
            @Nullable Double successFloat,
            @JsonProperty("success-8bit") @Nullable Double success8bit,
            AttackSummary.@Nullable Distribution l2,
            AttackSummary.@Nullable Distribution linf,
            double seconds,
            @Nullable Double imagesPerSecond) {}

    /** Adds up how long each configuration took; batches report from several threads. */
    static final class Times {
        private record Spent(long images, long nanos) {}

        private final Map<String, Spent> byConfig = new ConcurrentHashMap<>();

        void add(String victim, String config, int images, Duration time) {
            byConfig.merge(
                    victim + config,
                    new Spent(images, time.toNanos()),
                    (a, b) -> new Spent(a.images() + b.images(), a.nanos() + b.nanos()));
        }

        private Spent of(AttackSummary summary) {
            return byConfig.getOrDefault(summary.victim() + summary.config(), new Spent(0, 0));
        }
    }

    /** The result of a finished set. */
    static AttackResult of(
            String set,
            Optional<String> pictures,
            AdversarialManifest manifest,
            Times times,
            List<VictimCheck.Warning> warnings) {
        List<Row> rows = manifest.configs().stream()
                .map(each -> row(each, times.of(each)))
                .toList();
        return new AttackResult(set, pictures, rows, warnings);
    }

    private static Row row(AttackSummary summary, Times.Spent spent) {
        Map<?, ?> settings = Json.parse(summary.config(), Map.class, "settings");
        Object target = settings.get("target");
        double seconds = spent.nanos() / 1e9;
        return new Row(
                summary.attack(),
                settings,
                summary.victim(),
                target == null ? "none" : target.toString(),
                summary.images(),
                summary.accuracyBefore().value(),
                summary.accuracyAfter().value(),
                share(summary.successFloat()),
                share(summary.success8bit()),
                known(summary.l2()),
                known(summary.linf()),
                seconds,
                seconds > 0 ? Double.valueOf(spent.images() / seconds) : null);
    }

    private static @Nullable Double share(Proportion proportion) {
        return proportion.n() == 0 ? null : Double.valueOf(proportion.value());
    }

    private static AttackSummary.@Nullable Distribution known(AttackSummary.Distribution norms) {
        return Double.isNaN(norms.max()) ? null : norms;
    }

    /** Whether an attack had a class to reach. */
    boolean targeted() {
        return attacks.stream().anyMatch(row -> !row.towards().equals("none"));
    }

    /** The rows for people; columns that would say nothing are left out. */
    Table table() {
        Map<String, String> names = ConfigNames.of(
                attacks.stream().map(row -> Json.line(row.settings())).toList());
        boolean several = names.values().stream().anyMatch(name -> !name.isEmpty());
        Table table = new Table().words("attack");
        if (several) {
            table.words("settings");
        }
        table.words("victim");
        if (targeted()) {
            table.words("towards");
        }
        table.numbers("images", "right before", "right after", "success", "success (8 bits)")
                .numbers("L2 median", "L2 max", "L∞ median", "L∞ max", "seconds", "images/s");
        table.dispensable(
                "images/s", "L∞ max", "L2 max", "seconds", "success", "right after", "right before", "victim");
        for (Row row : attacks) {
            List<String> cells = new ArrayList<>(List.of(row.attack()));
            if (several) {
                cells.add(names.getOrDefault(Json.line(row.settings()), ""));
            }
            cells.add(row.victim());
            if (targeted()) {
                cells.add(row.towards());
            }
            cells.addAll(List.of(
                    Durations.count(row.images()),
                    percent(row.accuracyBefore()),
                    percent(row.accuracyAfter()),
                    percent(row.successFloat()),
                    percent(row.success8bit()),
                    number(row.l2(), AttackSummary.Distribution::median),
                    number(row.l2(), AttackSummary.Distribution::max),
                    number(row.linf(), AttackSummary.Distribution::median),
                    number(row.linf(), AttackSummary.Distribution::max),
                    row.imagesPerSecond() == null ? "–" : String.format(Locale.ROOT, "%.1f", row.seconds()),
                    row.imagesPerSecond() == null ? "–" : Durations.rate(row.imagesPerSecond())));
            table.row(cells.toArray(String[]::new));
        }
        return table;
    }

    private static String percent(@Nullable Double share) {
        return share == null ? "–" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static String number(
            AttackSummary.@Nullable Distribution norms, ToDoubleFunction<AttackSummary.Distribution> which) {
        return norms == null ? "–" : String.format(Locale.ROOT, "%.4f", which.applyAsDouble(norms));
    }
}
