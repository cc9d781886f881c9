package io.redrl.adversarial;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.AttackClass;
import io.redrl.attack.AttackOutcome;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.Outcome;
import io.redrl.base.Json;
import io.redrl.base.Progress;
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
    /** Images of so many pixels are attacked as before there were larger ones: what is made of them stays the same to the last bit. */
    private static final long SMALL = 64 * 64;

    /** Pixels times passes of a batch: some minutes' work. */
    private static final long AT_ONCE = 2_000_000_000L;

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

    /** How many images are attacked at once: fewer where images are large and the attack long, so that there is something to keep. */
    int batchSize(PlannedShard shard) {
        AttackSpec spec = specs.get(shard.config());
        long pixels = (long) dataset.shape().height() * dataset.shape().width();
        if (spec == null || pixels <= SMALL) {
            return AdversarialSetBuilder.BATCH_SIZE;
        }
        long each = Math.max(1, spec.passes().forwards() * pixels);
        return (int) Math.max(1, Math.min(AdversarialSetBuilder.BATCH_SIZE, AT_ONCE / each));
    }

    /**
     * The rows for some of the shard's images.
     *
     * @param progress asked whether to stop, at every pass through the victim
     * @param task told what of the shard is done
     * @param what the work in words
     */
    List<AdversarialExample> rows(
            PlannedShard shard, List<Integer> images, Progress progress, Progress.Task task, String what) {
        int[] indices = images.stream().mapToInt(i -> i).toArray();
        return Scopes.valued(() -> {
            Tensor clean = Tensors.pixels(dataset.images(indices));
            return shard.attack().equals(AttackClass.CLEAN.id())
                    ? rows(shard, indices, clean, Collections.nCopies(indices.length, Outcome.NOT_ATTACKED))
                    : attacked(
                            shard,
                            indices,
                            clean,
                            new WatchedVictim(
                                    Objects.requireNonNull(victims.get(shard.victim())),
                                    progress,
                                    task,
                                    what,
                                    indices.length));
        });
    }

    private List<AdversarialExample> attacked(PlannedShard shard, int[] indices, Tensor images, Classifier victim) {
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

    private String file(int index) {
        String id = dataset.imageId(index);
        return id.startsWith(dataset.id() + "/") ? id.substring(dataset.id().length() + 1) : id;
    }

    private String className(int index) {
        return dataset.labelled() ? dataset.classNames().get(dataset.label(index)) : "";
    }

    private List<AdversarialExample> rows(PlannedShard shard, int[] indices, Tensor images, List<Outcome> outcomes) {
        List<StoredImage> stored =
                StoredImage.of(images, plan.options().storage().format());
        List<AdversarialExample> rows = new ArrayList<>();
        for (int i = 0; i < indices.length; i++) {
            rows.add(new AdversarialExample(
                    indices[i],
                    file(indices[i]),
                    label(shard, indices[i]),
                    className(indices[i]),
                    shard.attack(),
                    shard.victim(),
                    shard.config(),
                    outcomes.get(i),
                    stored.get(i)));
        }
        return rows;
    }
}
