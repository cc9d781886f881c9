package io.redrl.bench;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.AttackClass;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.CwL2Spec;
import io.redrl.attack.CwLinfSpec;
import io.redrl.attack.DeepFoolSpec;
import io.redrl.attack.PatchSpec;
import io.redrl.attack.PgdSpec;
import io.redrl.base.RedrlException;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * An attack as one would write it with PyTorch's usual means, here with LibTorch's: every image in every step,
 * {@code loss.backward()}, PyTorch's own optimiser. Untargeted.
 */
interface PlainAttack {
    /**
     * What came out.
     *
     * @param adversarial {@code [N,C,H,W]}, in the caller's scope
     * @param steps taken
     */
    record Result(Tensor adversarial, int steps) {}

    /** Attacks a batch, which is not modified. Needs an open scope. */
    Result perturb(PlainModel model, AttackBatch batch);

    /** The names of the attacks that have a plain form: the paper's five. */
    static List<String> attacks() {
        return AttackClass.attacks().stream().map(AttackClass::id).toList();
    }

    /**
     * The plain form of an attack.
     *
     * @param authorsAbort whether CW-L2 gives up as its authors' code does, on the whole batch's loss
     */
    static PlainAttack of(AttackSpec spec, boolean authorsAbort) {
        if (spec instanceof PgdSpec pgd) {
            return new PlainPgd(pgd);
        }
        if (spec instanceof DeepFoolSpec deepFool) {
            return new PlainDeepFool(deepFool);
        }
        if (spec instanceof CwL2Spec cwL2) {
            return new PlainCwL2(cwL2, authorsAbort);
        }
        if (spec instanceof CwLinfSpec cwLinf) {
            return new PlainCwLinf(cwLinf);
        }
        if (spec instanceof PatchSpec patch) {
            return new PlainPatch(patch);
        }
        throw new RedrlException("there is no plain loop for " + spec.id());
    }

    /** {@code max(z_y − max_{i≠y} z_i, −κ)} per image, with one-hot vectors as in Carlini and Wagner's code. */
    static Tensor margin(Tensor logits, Tensor labels, double kappa) {
        return Scopes.scoped(() -> {
            Tensor own = torch.one_hot(labels, logits.size(1)).to(ScalarType.Float);
            Tensor real = own.mul(logits).sum(1);
            Tensor other = own.neg()
                    .add(new Scalar(1.0))
                    .mul(logits)
                    .sub(own.mul(new Scalar(1e4)))
                    .amax(new long[] {1}, false);
            return torch.maximum(real.sub(other), torch.full_like(real, new Scalar(-kappa)));
        });
    }

    /** {@code clamp(min(max(x, x₀ − ε), x₀ + ε), 0, 1)}. */
    static Tensor projected(Tensor x, Tensor images, double epsilon) {
        return Scopes.scoped(
                () -> torch.minimum(torch.maximum(x, images.sub(new Scalar(epsilon))), images.add(new Scalar(epsilon)))
                        .clamp(Tensors.scalar(0), Tensors.scalar(1)));
    }
}
