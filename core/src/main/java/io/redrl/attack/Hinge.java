package io.redrl.attack;

import io.redrl.model.Classifier;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Carlini and Wagner's f at a point, {@code f(x) = max(z_y − max_{i≠y} z_i, −κ)}, and its gradient.
 *
 * <p>f is flat where the victim is fooled by κ, so only the other images are taken through a backward pass; most steps
 * of most images need none.
 *
 * @param value {@code f(x)} per image
 * @param fooled whether another class wins, by κ at least
 * @param gradient {@code ∇f}, zero for the images that are fooled; in the caller's scope
 */
@SuppressWarnings("ArrayRecordComponent")
record Hinge(double[] value, boolean[] fooled, Tensor gradient) {
    /** f and ∇f at {@code x}; {@code labels} is {@code [N]} int64. */
    static Hinge at(Classifier victim, Tensor x, Tensor labels, double kappa) {
        int n = (int) x.size(0);
        double[] value = new double[n];
        boolean[] fooled = new boolean[n];
        Scopes.run(() -> {
            Tensor logits = Logits.of(victim, x);
            double[] margin = doubles(Losses.margin(logits, labels));
            // A tie goes to the lower class number in a prediction, so the margin's sign alone does not tell.
            long[] same = Tensors.toLongs(logits.argmax(new org.bytedeco.pytorch.LongOptional(1), false)
                    .eq(labels));
            for (int i = 0; i < n; i++) {
                value[i] = Math.max(margin[i], -kappa);
                fooled[i] = same[i] == 0 && margin[i] <= -kappa;
            }
        });
        Tensor gradient = torch.zeros_like(x);
        Rows unfooled = Rows.all(n).where(i -> !fooled[i]);
        if (!unfooled.isEmpty()) {
            Scopes.run(() -> {
                Tensor theirs = unfooled.of(labels);
                unfooled.put(
                        gradient, Logits.gradient(victim, unfooled.of(x), logits -> Losses.margin(logits, theirs)));
            });
        }
        return new Hinge(value, fooled, gradient);
    }

    /** The values of {@code [N]} as doubles. */
    static double[] doubles(Tensor values) {
        return Scopes.valuedNoGrad(() -> {
            Tensor plain = values.detach().to(ScalarType.Double).cpu().contiguous();
            double[] result = new double[Math.toIntExact(plain.numel())];
            new org.bytedeco.javacpp.DoublePointer(plain.data_ptr()).get(result);
            return result;
        });
    }
}
