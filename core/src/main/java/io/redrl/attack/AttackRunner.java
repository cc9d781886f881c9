package io.redrl.attack;

import io.redrl.base.Checks;
import io.redrl.data.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.tensor.Norm;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Runs an attack and judges it: rounding, success by a new prediction, norms.
 *
 * <p>Rounding moves a value by half a grey level at most. Where the clean image consists of grey levels and ε is a
 * multiple of 1/255, an image in the ε-ball stays in it; for any other ε the bound as stored is ε + 1/510.
 */
public final class AttackRunner {
    /** How much an image that rounding has undone is stretched each time, and how often at most (to ten times δ). */
    private static final double GROWTH = 1.1;

    private static final int MOST_GROWTHS = 24;

    private AttackRunner() {}

    /**
     * Attacks a batch.
     *
     * <p>For {@link Storage#UINT8} the images of a minimal-norm attack get a last step: where rounding undoes success, the
     * perturbation grows by 1.1 until the rounded image fools; if none does, the image as first rounded is kept.
     *
     * @param spec which attack
     * @param victim the classifier to fool
     * @param batch the images; not modified
     * @param storage how the images will be kept
     * @return images and per-image results; the tensor joins the caller's scope
     * @throws io.redrl.base.RedrlException if images or labels do not suit the victim, or its answers are not finite
     */
    public static AttackOutcome run(AttackSpec spec, Classifier victim, AttackBatch batch, Storage storage) {
        check(victim, batch);
        List<AttackedExample> examples = new ArrayList<>();
        Tensor stored = Scopes.scopedNoGrad(() -> {
            Tensor images = batch.images().detach();
            long[] labels = batch.labels();
            long[] clean = Logits.predict(victim, images);
            Tensor adversarial = spec.newAttack().perturb(victim, batch);
            long[] asFloat = Logits.predict(victim, adversarial);
            Tensor rounded = Tensors.rounded(adversarial);
            long[] as8bit = Logits.predict(victim, rounded);
            if (spec.minimalNorm() && storage == Storage.UINT8) {
                Rows undone = Rows.all(batch.size()).where(i -> asFloat[i] != labels[i] && as8bit[i] == labels[i]);
                grow(victim, images, adversarial, rounded, labels, as8bit, undone);
            }
            Tensor result = storage == Storage.UINT8 ? rounded : adversarial;
            long[] asStored = storage == Storage.UINT8 ? as8bit : asFloat;
            Tensor delta = result.sub(images);
            double[] linf = Hinge.doubles(Norm.LINF.of(delta));
            double[] l2 = Hinge.doubles(Norm.L2.of(delta));
            for (int i = 0; i < batch.size(); i++) {
                examples.add(new AttackedExample(
                        batch.ids()[i],
                        labels[i],
                        clean[i],
                        asStored[i],
                        asFloat[i] != labels[i],
                        as8bit[i] != labels[i],
                        linf[i],
                        l2[i]));
            }
            return result;
        });
        return new AttackOutcome(stored, examples);
    }

    /** Stretches the perturbation of {@code undone} rows until the rounded image fools; writes into the last tensors. */
    private static void grow(
            Classifier victim,
            Tensor images,
            Tensor adversarial,
            Tensor rounded,
            long[] labels,
            long[] as8bit,
            Rows undone) {
        Rows active = undone;
        for (int growth = 1; growth <= MOST_GROWTHS && !active.isEmpty(); growth++) {
            Rows rows = active;
            double factor = Math.pow(GROWTH, growth);
            active = Scopes.valued(() -> {
                Tensor x0 = rows.of(images);
                Tensor delta = rows.of(adversarial).sub_(x0);
                Tensor candidate = Tensors.rounded(x0.add(delta, new Scalar(factor)));
                long[] verdict = Logits.predict(victim, candidate);
                Rows fooled = rows.positions(i -> verdict[i] != labels[rows.at(i)]);
                rows.where(i -> verdict[i] != labels[rows.at(i)]).put(rounded, fooled.of(candidate));
                for (int i = 0; i < fooled.size(); i++) {
                    as8bit[rows.at(fooled.at(i))] = verdict[fooled.at(i)];
                }
                return rows.where(i -> verdict[i] == labels[rows.at(i)]);
            });
        }
    }

    private static void check(Classifier victim, AttackBatch batch) {
        Checks.require(batch.size() > 0, "there are no images to attack");
        Checks.require(
                victim.classes() >= 2, "victim %s has %d class; an attack needs 2", victim.id(), victim.classes());
        ImageShape input = victim.input();
        long[] shape = Tensors.shape(batch.images());
        Checks.require(
                shape[1] == input.channels() && shape[2] == input.height() && shape[3] == input.width(),
                "images of %d×%d×%d do not suit victim %s, which takes %s",
                shape[1],
                shape[2],
                shape[3],
                victim.id(),
                input);
        for (long label : batch.labels()) {
            Checks.require(
                    label >= 0 && label < victim.classes(),
                    "label %d is not one of the %d classes of victim %s: is it a victim of another data set?",
                    label,
                    victim.classes(),
                    victim.id());
        }
        Scopes.run(() -> {
            Tensor images = batch.images().detach();
            Checks.require(
                    images.ge(new Scalar(0.0)).all().item_bool()
                            && images.le(new Scalar(1.0)).all().item_bool(),
                    "images must lie in [0, 1]; divide grey levels by 255");
        });
    }
}
