package io.redrl.adversarial;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One file of a set: images attacked in one configuration against one victim. Fixed by the plan alone, whatever was
 * stopped and resumed.
 *
 * @param file its name in the set's folder. All lie there side by side, as Spark reads a folder; sets of format 2 have folders below
 * @param attack the id of what is done: {@code clean}, or an attack's
 * @param victim against whom
 * @param config how
 * @param indices to which images, ascending
 */
record PlannedShard(String file, String attack, String victim, String config, List<Integer> indices) {

    /**
     * The shards of a plan in the order of work: the first images under every victim and configuration, then the next,
     * so that work that stops early has done as much of each.
     */
    static List<PlannedShard> of(AdversarialPlan plan) {
        return of(plan, "%2$s_%1$s_%3$05d.parquet");
    }

    /** The same under the names that files had in format 2. */
    static List<PlannedShard> ofFormat2(AdversarialPlan plan) {
        return of(plan, "%1$s/%2$s/part-%3$05d.parquet");
    }

    private static List<PlannedShard> of(AdversarialPlan plan, String name) {
        Map<Group, List<Integer>> groups = groups(plan);
        int longest = groups.values().stream().mapToInt(List::size).max().orElse(0);
        int size = plan.options().shardSize();
        List<PlannedShard> shards = new ArrayList<>();
        Map<String, Integer> parts = new HashMap<>();
        for (int from = 0; from < longest; from += size) {
            for (Map.Entry<Group, List<Integer>> entry : groups.entrySet()) {
                Group group = entry.getKey();
                List<Integer> images = entry.getValue();
                if (from < images.size()) {
                    int part = parts.merge(group.victim() + "/" + group.attack(), 1, Integer::sum) - 1;
                    shards.add(new PlannedShard(
                            String.format(Locale.ROOT, name, group.victim(), group.attack(), part),
                            group.attack(),
                            group.victim(),
                            group.config(),
                            List.copyOf(images.subList(from, Math.min(images.size(), from + size)))));
                }
            }
        }
        return shards;
    }

    /** Images by what is done to them; clean first, then attacks, victims and configurations in the plan's order. */
    private static Map<Group, List<Integer>> groups(AdversarialPlan plan) {
        Map<Group, List<Integer>> groups = new LinkedHashMap<>();
        plan.combinations().forEach(item -> groups.put(Group.of(item), new ArrayList<>()));
        for (PlannedExample item : plan.items()) {
            groups.computeIfAbsent(Group.of(item), g -> new ArrayList<>()).add(item.index());
        }
        return groups;
    }

    private record Group(String attack, String victim, String config) {
        static Group of(PlannedExample item) {
            return new Group(item.attack(), item.victim(), item.config());
        }
    }
}
