package io.redrl.bench;

import io.redrl.adversarial.AdversarialExample;
import io.redrl.adversarial.AdversarialSet;
import io.redrl.attack.AttackClass;
import io.redrl.base.Json;
import io.redrl.data.Datasets;
import io.redrl.data.ImageDataset;
import io.redrl.data.Split;
import io.redrl.identify.Box;
import io.redrl.identify.Identification;
import io.redrl.identify.Identifier;
import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.stats.OrderStatistics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * Accuracy of what {@code identify} says and estimates, on images whose truth is known: one row for each attack and, where it has
 * them, ε and size of patch. Estimates are measured on images whose attack was named, as users see no others.
 */
final class IdentifyQuality {
    private final List<Double> ratios = new ArrayList<>();
    private final List<Double> errors = new ArrayList<>();
    private final List<Double> lengths = new ArrayList<>();
    private int images;
    private int named;
    private int boxes;
    private int rightBoxes;

    private IdentifyQuality() {}

    /**
     * A line for each group of a set's images.
     *
     * @param most images of each group, the first ones
     */
    static ResultTable measure(Identifier identifier, Path folder, int most) {
        AdversarialSet set = AdversarialSet.open(folder);
        ImageDataset clean = Datasets.open("cifar10", Split.TEST);
        Map<String, IdentifyQuality> groups = new TreeMap<>();
        for (AdversarialExample example : set.examples()) {
            IdentifyQuality group = groups.computeIfAbsent(group(example), x -> new IdentifyQuality());
            if (group.images < most) {
                group.add(identifier, example, clean.pixels(example.index()));
            }
        }
        ResultTable table = new ResultTable(
                "attack",
                "images",
                "named",
                "epsilon_estimated",
                "epsilon_ratio_median",
                "epsilon_error_median",
                "box_found",
                "box_right",
                "l2_ratio_median");
        groups.forEach((name, group) -> table.add(
                name,
                group.images,
                group.named,
                group.ratios.size(),
                median(group.ratios),
                Math.expm1(median(group.errors)),
                group.boxes,
                group.rightBoxes,
                median(group.lengths)));
        return table;
    }

    private static String group(AdversarialExample example) {
        JsonNode config = Json.parse(example.config(), JsonNode.class, "config");
        StringBuilder name = new StringBuilder(example.attack());
        if (config.has("epsilon")) {
            name.append(String.format(
                    Locale.ROOT, " %.0f/255", 255 * config.get("epsilon").asDouble()));
        }
        if (config.has("height")) {
            name.append(" ").append(config.get("height").asInt()).append(" px");
        }
        return name.toString();
    }

    private void add(Identifier identifier, AdversarialExample example, byte[] clean) {
        images++;
        Image image = example.image().rounded();
        Identification found = identifier.identify(image, "image " + example.index());
        if (!found.verdict().nearest().id().equals(example.attack())) {
            return;
        }
        named++;
        if (example.outcome().linf() > 0) {
            found.epsilon().ifPresent(epsilon -> {
                ratios.add(epsilon / example.outcome().linf());
                errors.add(Math.abs(Math.log(epsilon / example.outcome().linf())));
            });
            found.residual()
                    .ifPresent(r -> lengths.add(r.l2() / example.outcome().l2()));
        }
        found.box().ifPresent(box -> {
            boxes++;
            boolean right = example.attack().equals(AttackClass.PATCH.id())
                    && overlap(box, changed(clean, image.pixels(), image.shape())) >= 0.5;
            rightBoxes += right ? 1 : 0;
        });
    }

    private static double median(List<Double> values) {
        return OrderStatistics.median(
                values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** The smallest box around every pixel that differs. */
    private static Box changed(byte[] before, byte[] after, ImageShape shape) {
        int left = shape.width();
        int top = shape.height();
        int right = -1;
        int bottom = -1;
        for (int i = 0; i < before.length; i++) {
            if (before[i] != after[i]) {
                int row = Math.floorDiv(i, shape.width()) % shape.height();
                left = Math.min(left, i % shape.width());
                right = Math.max(right, i % shape.width());
                top = Math.min(top, row);
                bottom = Math.max(bottom, row);
            }
        }
        return new Box(left, top, Math.max(0, right - left + 1), Math.max(0, bottom - top + 1), 1);
    }

    /** The part that two boxes share of both together. */
    private static double overlap(Box a, Box b) {
        int across = Math.min(a.left() + a.width(), b.left() + b.width()) - Math.max(a.left(), b.left());
        int down = Math.min(a.top() + a.height(), b.top() + b.height()) - Math.max(a.top(), b.top());
        double both = Math.max(0, across) * (double) Math.max(0, down);
        return both / (a.width() * a.height() + b.width() * b.height() - both);
    }
}
