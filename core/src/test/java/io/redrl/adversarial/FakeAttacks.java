package io.redrl.adversarial;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.AttackOutcome;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.Outcome;
import io.redrl.attack.Storage;
import io.redrl.base.Seed;
import io.redrl.model.Classifier;
import io.redrl.tensor.Norm;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Noise that depends on each image's seed, judged as the real runner judges; remembers, for the builder's lanes together, what it was asked. */
final class FakeAttacks implements AdversarialSetBuilder.Runner {
    final List<Integer> batchSizes = Collections.synchronizedList(new ArrayList<>());
    final List<Long> labels = Collections.synchronizedList(new ArrayList<>());

    @Override
    public AttackOutcome run(
            AttackSpec spec, Classifier victim, AttackBatch batch, Storage storage, Precision precision) {
        batchSizes.add(batch.size());
        for (long label : batch.labels()) {
            labels.add(label);
        }
        List<Outcome> outcomes = new ArrayList<>();
        Tensor adversarial = Scopes.scopedNoGrad(() -> {
            TensorVector noise = new TensorVector();
            for (int i = 0; i < batch.size(); i++) {
                Seed seed = batch.seedOf(i);
                noise.push_back(Tensors.uniform(seed, 3, 4, 4).sub(new Scalar(0.5)));
            }
            Tensor raw = batch.images().add(torch.stack(noise)).clamp(Tensors.scalar(0), Tensors.scalar(1));
            Tensor kept = storage.eightBit() ? Tensors.rounded(raw) : raw;
            long[] clean = victim.predict(batch.images());
            long[] before = victim.predict(raw);
            long[] rounded = victim.predict(Tensors.rounded(raw));
            long[] stored = victim.predict(kept);
            float[] linf = Tensors.toFloats(Norm.LINF.of(kept.sub(batch.images())));
            float[] l2 = Tensors.toFloats(Norm.L2.of(kept.sub(batch.images())));
            for (int i = 0; i < batch.size(); i++) {
                long label = batch.labels()[i];
                outcomes.add(new Outcome(
                        -1, (int) clean[i], (int) stored[i], before[i] != label, rounded[i] != label, linf[i], l2[i]));
            }
            return kept;
        });
        if (PointerScope.getInnerScope() == null) {
            throw new IllegalStateException("the builder must open a scope");
        }
        return new AttackOutcome(adversarial, outcomes);
    }
}
