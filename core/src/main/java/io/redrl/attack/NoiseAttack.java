package io.redrl.attack;

import io.redrl.model.Classifier;
import io.redrl.tensor.Norm;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Noise, not an attack: asks the victim nothing. What an attack of the same ε achieves beyond it is the attack's doing.
 *
 * <pre>  x = clip(x₀ + ε u),   u uniform in [−1, 1], or standard normal</pre>
 *
 * @param spec the settings
 */
record NoiseAttack(NoiseSpec spec) implements Attack {
    @Override
    public Tensor perturb(Classifier victim, AttackBatch batch) {
        return Scopes.scopedNoGrad(() -> {
            Tensor images = batch.images().detach();
            if (spec.distribution() == NoiseSpec.Distribution.UNIFORM) {
                return Ball.around(images, Norm.LINF, spec.epsilon()).randomStart(batch, "noise");
            }
            TensorVector noise = new TensorVector();
            for (int i = 0; i < batch.size(); i++) {
                noise.push_back(
                        Tensors.normal(batch.seedOf(i).child("noise"), images.size(1), images.size(2), images.size(3)));
            }
            return torch.stack(noise)
                    .to(images.device(), images.scalar_type())
                    .mul_(new Scalar(spec.epsilon()))
                    .add_(images)
                    .clamp_(Tensors.scalar(0), Tensors.scalar(1));
        });
    }
}
