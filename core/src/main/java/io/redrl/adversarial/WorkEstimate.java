package io.redrl.adversarial;

import io.redrl.base.Durations;
import io.redrl.base.Json;
import io.redrl.data.ImageDataset;
import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How long attacks will take on this machine: the passes through the victims that they make at most, times what one was just seen to
 * take. Most attacks end earlier, for an image that is fooled needs no more.
 */
final class WorkEstimate {
    private static final double WORTH_SAYING = 60;
    private static final int IMAGES = 4;

    private WorkEstimate() {}

    /** In words; empty if it takes less than a minute. */
    static Optional<String> of(
            AdversarialPlan plan,
            List<PlannedShard> shards,
            Path folder,
            ImageDataset dataset,
            Map<String, ? extends Classifier> victims) {
        Map<String, Long> each = new HashMap<>();
        plan.attacks().forEach(spec -> each.put(Json.line(spec), spec.passes().forwards()));
        Map<String, Long> passes = new HashMap<>();
        for (PlannedShard shard : shards) {
            if (each.containsKey(shard.config()) && !Files.exists(folder.resolve(shard.file()))) {
                long all =
                        each.getOrDefault(shard.config(), 0L) * shard.indices().size();
                passes.merge(shard.victim(), all, Long::sum);
            }
        }
        int[] images = plan.indices().stream().mapToInt(i -> i).limit(IMAGES).toArray();
        double seconds = 0;
        for (String victim : plan.victims()) {
            Classifier classifier = victims.get(victim);
            long all = passes.getOrDefault(victim, 0L);
            if (classifier != null && all > 0) {
                seconds += all * secondsOfAPass(classifier, dataset, images);
            }
        }
        long all = passes.values().stream().mapToLong(n -> n).sum();
        return seconds < WORTH_SAYING
                ? Optional.empty()
                : Optional.of("attacking: at most about " + Durations.text(seconds) + " on this machine, for "
                        + Durations.count(all) + " passes through the victim; what is stopped goes on from there");
    }

    private static double secondsOfAPass(Classifier victim, ImageDataset dataset, int[] indices) {
        return Scopes.valuedNoGrad(() -> {
            var images = Tensors.pixels(dataset.images(indices));
            victim.logits(images); // the first one also prepares kernels
            long start = System.nanoTime();
            victim.logits(images);
            return (System.nanoTime() - start) / 1e9 / indices.length;
        });
    }
}
