package io.redrl.report;

import io.redrl.saliency.FilterLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** What a figure writes under its layers: their names where there is room, or else those of the network's stages. */
final class LayerGroups {
    /**
     * Neighbouring layers under one name.
     *
     * @param name short
     * @param from their first filter
     * @param to the filter after their last
     */
    record Group(String name, int from, int to) {}

    private LayerGroups() {}

    /**
     * One group per layer if all their short names fit, or else one per stage: neighbours whose short names begin alike.
     *
     * @param width of all filters, in user units
     * @param size of the letters, in user units
     */
    static List<Group> of(FilterLayout layout, double width, double size) {
        List<String> names = shortNames(layout);
        List<Group> layers = IntStream.range(0, names.size())
                .mapToObj(i -> new Group(names.get(i), layout.offset(i), layout.offset(i + 1)))
                .toList();
        return layers.stream().allMatch(g -> fits(g, width / layout.filters(), size)) ? layers : stages(layers);
    }

    private static List<Group> stages(List<Group> layers) {
        List<Group> stages = new ArrayList<>();
        for (Group layer : layers) {
            String stage = layer.name().split("\\.", -1)[0];
            int last = stages.size() - 1;
            if (last >= 0 && stages.get(last).name().equals(stage)) {
                stages.set(last, new Group(stage, stages.get(last).from(), layer.to()));
            } else {
                stages.add(new Group(stage, layer.from(), layer.to()));
            }
        }
        return stages;
    }

    /** Whether a group's name has room above or under it. */
    static boolean fits(Group group, double unitsPerFilter, double size) {
        return group.name().length() * 0.56 * size + 3 <= (group.to() - group.from()) * unitsPerFilter;
    }

    /** The layers' names without the parts that all begin with. */
    private static List<String> shortNames(FilterLayout layout) {
        List<List<String>> parts = layout.layers().stream()
                .map(layer -> Arrays.asList(layer.name().split("\\.", -1)))
                .toList();
        int shortest = parts.stream().mapToInt(List::size).min().orElse(1);
        int common = 0;
        while (common < shortest - 1 && alike(parts, common)) {
            common++;
        }
        int skip = common;
        return parts.stream()
                .map(p -> String.join(".", p.subList(skip, p.size())))
                .toList();
    }

    private static boolean alike(List<List<String>> parts, int place) {
        return parts.stream().map(p -> p.get(place)).distinct().count() == 1;
    }
}
