package io.redrl.attack;

import io.redrl.base.Checks;
import io.redrl.image.ImageShape;
import io.redrl.model.Classifier;
import io.redrl.stats.OrderStatistics;
import io.redrl.tensor.Norm;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The runner of attacks: perturbs a batch, rounds it, asks the victim again and measures norms.
 *
 * <p>Rounding moves a value by half a grey level at most. Where the clean image consists of grey levels and ε is a
 * multiple of 1/255, an image in the ε-ball stays in it; for any other ε the bound as stored is ε + 1/510.
 * Truncation moves a value down by up to a whole one: the bound is then ε + 1/255.
 */
public final class AttackRunner {
    /** How much an image that rounding has undone is stretched each time, and how often at most (to ten times δ). */
    private static final double GROWTH = 1.1;

    private static final int MOST_GROWTHS = 24;

    private AttackRunner() {}

    /**
     * Attacks a batch in {@link Precision#AUTO}.
     *
     * @see #run(List, Classifier, AttackBatch, Storage, Precision)
     */
    public static AttackOutcome run(AttackSpec spec, Classifier victim, AttackBatch batch, Storage storage) {
        return run(spec, victim, batch, storage, Precision.AUTO);
    }

    /**
     * Attacks a batch.
     *
     * @see #run(List, Classifier, AttackBatch, Storage, Precision)
     */
    public static AttackOutcome run(
            AttackSpec spec, Classifier victim, AttackBatch batch, Storage storage, Precision precision) {
        return run(List.of(spec), victim, batch, storage, precision).get(0);
    }

    /**
     * Attacks a batch in several ways, such as with several ε; what is known of the clean images is found once.
     *
     * <p>In 8 bits ({@link Storage#eightBit}) the images of a minimal-norm attack get a last step: where rounding undoes success, the
     * perturbation grows by 1.1 until the rounded image fools; if none does, the image as first rounded is kept.
     *
     * <p>Low precision: with {@link Precision#BF16} attacks take gradients from a victim's bfloat16 logits, if it has them
     * ({@link Classifier#lowPrecisionLogits}). Every prediction is made in float32, and an image that fools in low precision
     * alone is attacked again in full precision.
     *
     * @param specs which attacks
     * @param victim the classifier to fool
     * @param batch the images; not modified; without targets where {@code specs} are to choose them
     * @param storage how the images will be kept
     * @param precision of the search for directions; AUTO is the faster on this processor for bounded attacks, and FP32 for
     *     minimal-norm ones, which low precision makes hardly faster
     * @return for each of {@code specs} images and per-image results; the tensors join the caller's scope
     * @throws io.redrl.base.RedrlException if images, labels or targets do not suit victim or attack, or the victim's
     *     answers are not finite
     */
    public static List<AttackOutcome> run(
            List<AttackSpec> specs, Classifier victim, AttackBatch batch, Storage storage, Precision precision) {
        check(victim, batch);
        double[][] clean =
                Scopes.valuedNoGrad(() -> rows(Logits.of(victim, batch.images().detach())));
        Classifier exact = new FullPrecisionVictim(victim);
        return specs.stream()
                .map(spec -> run(spec, inLowPrecision(spec, victim, precision) ? victim : exact, batch, storage, clean))
                .toList();
    }

    private static boolean inLowPrecision(AttackSpec spec, Classifier victim, Precision precision) {
        Precision search =
                precision != Precision.AUTO ? precision : spec.minimalNorm() ? Precision.FP32 : Precision.fastest();
        return victim.hasLowPrecision() && search == Precision.BF16;
    }

    private static AttackOutcome run(
            AttackSpec spec, Classifier victim, AttackBatch untargeted, Storage storage, double[][] clean) {
        AttackBatch batch = spec.target().applyTo(untargeted, clean);
        Checks.require(!batch.targeted() || spec.targetable(), "%s has no targeted form", spec.id());
        List<Outcome> outcomes = new ArrayList<>();
        Tensor stored = Scopes.scopedNoGrad(() -> {
            Tensor images = batch.images().detach();
            Tensor adversarial = spec.newAttack().perturb(victim, batch);
            long[] asFloat = Logits.predict(victim, adversarial);
            inFullPrecision(spec, victim, batch, adversarial, asFloat);
            Tensor rounded = cut(adversarial, images, storage);
            long[] as8bit = Logits.predict(victim, rounded);
            if (spec.minimalNorm() && storage.eightBit()) {
                Rows undone = Rows.all(batch.size())
                        .where(i -> batch.succeeds(i, asFloat[i]) && !batch.succeeds(i, as8bit[i]));
                grow(victim, batch, adversarial, rounded, as8bit, undone, storage);
            }
            Tensor result = storage.eightBit() ? rounded : adversarial;
            long[] asStored = storage.eightBit() ? as8bit : asFloat;
            double scale = storage.eightBit() ? 255 : 1;
            Tensor delta = change(images, result, storage);
            double[] linf = Tensors.toDoubles(Norm.LINF.of(delta));
            double[] l2 = Tensors.toDoubles(Norm.L2.of(delta));
            for (int i = 0; i < batch.size(); i++) {
                outcomes.add(new Outcome(
                        (int) batch.targetOf(i),
                        OrderStatistics.argmax(clean[i]),
                        (int) asStored[i],
                        batch.succeeds(i, asFloat[i]),
                        batch.succeeds(i, as8bit[i]),
                        linf[i] / scale,
                        l2[i] / scale));
            }
            return result;
        });
        return new AttackOutcome(stored, outcomes);
    }

    /** The pixels in 8 bits: rounded, or truncated where that is how they are kept, but for images that nothing has changed. */
    private static Tensor cut(Tensor pixels, Tensor images, Storage storage) {
        if (storage != Storage.TRUNCATED) {
            return Tensors.rounded(pixels);
        }
        return Scopes.scopedNoGrad(() -> {
            Tensor changed = pixels.ne(images).flatten(1, -1).any(1).view(-1, 1, 1, 1);
            return torch.where(changed, Tensors.truncated(pixels), Tensors.rounded(pixels));
        });
    }

    /**
     * The change as stored, float64; for 8 bits in grey levels, which are whole numbers unless a clean image has others, so that their
     * norms are exact.
     */
    private static Tensor change(Tensor images, Tensor stored, Storage storage) {
        Tensor before = images.to(ScalarType.Double);
        Tensor after = stored.to(ScalarType.Double);
        if (storage == Storage.FLOAT32) {
            return after.sub(before);
        }
        Tensor levels = before.mul(new Scalar(255.0));
        Tensor whole = levels.round();
        boolean grey = levels.sub(whole).abs().max().item_double() < 1e-3;
        return after.mul(new Scalar(255.0)).round().sub(grey ? whole : levels);
    }

    /** Attacks again, in full precision, the images that fool in low precision alone; overwrites their rows. */
    private static void inFullPrecision(
            AttackSpec spec, Classifier victim, AttackBatch batch, Tensor adversarial, long[] predictions) {
        if (!victim.hasLowPrecision()) {
            return;
        }
        Scopes.run(() -> {
            long[] rough = Tensors.argmax(Logits.lowPrecision(victim, adversarial));
            Rows deceived = Rows.all(batch.size())
                    .where(i -> batch.succeeds(i, rough[i]) && !batch.succeeds(i, predictions[i]));
            if (!deceived.isEmpty()) {
                Classifier exact = new FullPrecisionVictim(victim);
                Tensor again = spec.newAttack().perturb(exact, batch.of(deceived));
                long[] now = Logits.predict(exact, again);
                deceived.put(adversarial, again);
                for (int i = 0; i < deceived.size(); i++) {
                    predictions[deceived.at(i)] = now[i];
                }
            }
        });
    }

    private static double[][] rows(Tensor logits) {
        double[] flat = Tensors.toDoubles(logits);
        int columns = (int) logits.size(1);
        double[][] rows = new double[flat.length / columns][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(flat, i * columns, (i + 1) * columns);
        }
        return rows;
    }

    /** Stretches the perturbation of {@code undone} rows until the rounded image fools; writes into the last tensors. */
    private static void grow(
            Classifier victim,
            AttackBatch batch,
            Tensor adversarial,
            Tensor rounded,
            long[] as8bit,
            Rows undone,
            Storage storage) {
        Rows active = undone;
        for (int growth = 1; growth <= MOST_GROWTHS && !active.isEmpty(); growth++) {
            Rows rows = active;
            double factor = Math.pow(GROWTH, growth);
            active = Scopes.valued(() -> {
                Tensor x0 = rows.of(batch.images().detach());
                Tensor delta = rows.of(adversarial).sub_(x0);
                Tensor candidate = cut(x0.add(delta, new Scalar(factor)), x0, storage);
                long[] predicted = Logits.predict(victim, candidate);
                IntPredicate fools = i -> batch.succeeds(rows.at(i), predicted[i]);
                Rows fooled = rows.positions(fools);
                rows.where(fools).put(rounded, fooled.of(candidate));
                for (int i = 0; i < fooled.size(); i++) {
                    as8bit[rows.at(fooled.at(i))] = predicted[fooled.at(i)];
                }
                return rows.where(fools.negate());
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
        for (long label : LongStream.concat(Arrays.stream(batch.labels()), Arrays.stream(batch.targets()))
                .toArray()) {
            Checks.require(
                    label >= 0 && label < victim.classes(),
                    "class %d is not one of the %d classes of victim %s: is it a victim of another data set?",
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
