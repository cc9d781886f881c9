package io.redrl.adversarial;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.AttackClass;
import io.redrl.attack.AttackOutcome;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.AttackedExample;
import io.redrl.base.Json;
import io.redrl.data.ImageDataset;
import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;

/** Makes the rows of shards, a batch at a time: attacked images, and clean ones through the same rounding. */
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
            ImageShape shape = dataset.shape();
            Tensor clean = Tensors.pixels(
                    dataset.pixels(indices), indices.length, shape.channels(), shape.height(), shape.width());
            return shard.attack().equals(AttackClass.CLEAN.id())
                    ? clean(shard, indices, clean)
                    : attacked(shard, indices, clean);
        });
    }

    private List<AdversarialExample> clean(PlannedShard shard, int[] indices, Tensor images) {
        List<AttackedExample> verdicts = new ArrayList<>();
        for (int index : indices) {
            verdicts.add(new AttackedExample(index, dataset.label(index), -1, -1, -1, false, false, 0, 0));
        }
        return rows(shard, indices, verdicts, StoredPixels.encode(images, plan.storage()));
    }

    private List<AdversarialExample> attacked(PlannedShard shard, int[] indices, Tensor images) {
        Classifier victim = Objects.requireNonNull(victims.get(shard.victim()));
        AttackSpec spec = Objects.requireNonNull(specs.get(shard.config()));
        long[] away = plan.referenceLabel() == ReferenceLabel.LABEL ? dataset.labels(indices) : victim.predict(images);
        long[] ids =
                LongStream.range(0, indices.length).map(i -> indices[(int) i]).toArray();
        AttackOutcome outcome = runner.run(
                spec,
                victim,
                new AttackBatch(images, away, ids, plan.attackSeed(shard.victim(), shard.config())),
                plan.storage(),
                plan.precision());
        return rows(shard, indices, outcome.examples(), StoredPixels.encode(outcome.adversarial(), plan.storage()));
    }

    /** A label that counts other classes than the victim's says nothing of its verdicts. */
    private int label(PlannedShard shard, int index) {
        Classifier victim = victims.get(shard.victim());
        boolean same =
                victim == null || victim.classes() == dataset.classNames().size();
        return same ? dataset.label(index) : -1;
    }

    private List<AdversarialExample> rows(
            PlannedShard shard, int[] indices, List<AttackedExample> verdicts, byte[][] pixels) {
        List<AdversarialExample> rows = new ArrayList<>();
        for (int i = 0; i < indices.length; i++) {
            AttackedExample verdict = verdicts.get(i);
            rows.add(new AdversarialExample(
                    indices[i],
                    label(shard, indices[i]),
                    shard.attack(),
                    shard.victim(),
                    shard.config(),
                    (int) verdict.target(),
                    verdict.successFloat(),
                    verdict.success8bit(),
                    (int) verdict.cleanPrediction(),
                    (int) verdict.adversarialPrediction(),
                    verdict.linf(),
                    verdict.l2(),
                    dataset.shape().height(),
                    dataset.shape().width(),
                    StoredPixels.name(plan.storage()),
                    pixels[i]));
        }
        return rows;
    }
}
