package io.redrl.adversarial;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.AttackClass;
import io.redrl.attack.AttackOutcome;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.Outcome;
import io.redrl.base.Json;
import io.redrl.data.ImageDataset;
import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;

/** The maker of the rows of shards, a batch at a time: attacked images, and clean ones through the same rounding. */
final class ShardMaker {
    private final AdversarialPlan plan;
    private final ImageDataset dataset;
    private final Map<String, ? extends Classifier> victims;
    private final AdversarialSetBuilder.Runner runner;
    private final Map<String, AttackSpec> specs = new HashMap<>();

    ShardMaker(
            AdversarialPlan plan,
            ImageDataset dataset,
            Map<String, ? extends Classifier> victims,
            AdversarialSetBuilder.Runner runner) {
        this.plan = plan;
        this.dataset = dataset;
        this.victims = victims;
        this.runner = runner;
        plan.attacks().forEach(spec -> specs.put(Json.line(spec), spec));
    }

    /** The rows for some of the shard's images. */
    List<AdversarialExample> rows(PlannedShard shard, List<Integer> images) {
        int[] indices = images.stream().mapToInt(i -> i).toArray();
        return Scopes.valued(() -> {
            Tensor clean = Tensors.pixels(dataset.images(indices));
            return shard.attack().equals(AttackClass.CLEAN.id())
                    ? rows(shard, indices, clean, Collections.nCopies(indices.length, Outcome.NOT_ATTACKED))
                    : attacked(shard, indices, clean);
        });
    }

    private List<AdversarialExample> attacked(PlannedShard shard, int[] indices, Tensor images) {
        Classifier victim = Objects.requireNonNull(victims.get(shard.victim()));
        AttackSpec spec = Objects.requireNonNull(specs.get(shard.config()));
        long[] away = plan.options().referenceLabel() == ReferenceLabel.LABEL
                ? dataset.labels(indices)
                : victim.predict(images);
        long[] ids =
                LongStream.range(0, indices.length).map(i -> indices[(int) i]).toArray();
        AttackOutcome outcome = runner.run(
                spec,
                victim,
                new AttackBatch(images, away, ids, plan.attackSeed(shard.victim(), shard.config())),
                plan.options().storage(),
                plan.options().precision());
        return rows(shard, indices, outcome.adversarial(), outcome.outcomes());
    }

    /** A label that counts other classes than the victim's says nothing of its predictions. */
    private int label(PlannedShard shard, int index) {
        Classifier victim = victims.get(shard.victim());
        boolean same =
                victim == null || victim.classes() == dataset.classNames().size();
        return same ? dataset.label(index) : -1;
    }

    private List<AdversarialExample> rows(PlannedShard shard, int[] indices, Tensor images, List<Outcome> outcomes) {
        List<StoredImage> stored = StoredImage.of(images, plan.options().storage());
        List<AdversarialExample> rows = new ArrayList<>();
        for (int i = 0; i < indices.length; i++) {
            rows.add(new AdversarialExample(
                    indices[i],
                    label(shard, indices[i]),
                    shard.attack(),
                    shard.victim(),
                    shard.config(),
                    outcomes.get(i),
                    stored.get(i)));
        }
        return rows;
    }
}
