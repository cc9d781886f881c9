package io.redrl.bench;

import io.redrl.attack.AttackBatch;
import io.redrl.attack.AttackSpec;
import io.redrl.attack.CwL2Spec;
import io.redrl.attack.DeepFoolSpec;
import io.redrl.attack.PgdSpec;
import io.redrl.base.RedrlException;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Attack as one writes it with PyTorch's usual means or takes it from its authors, here with LibTorch's: every image in every
 * step, {@code loss.backward()}, PyTorch's own optimiser. Untargeted.
 */
interface PlainAttack {
    /** The attacks that have a plain form: those whose loop everybody who attacks has written or copied. */
    List<String> ATTACKS = List.of("pgd", "deepfool", "cw-l2");

    /**
     * Attacks a batch, which is not modified. Needs an open scope.
     *
     * @return {@code [N,C,H,W]}, in the caller's scope
     */
    Tensor perturb(PlainNetwork model, AttackBatch batch);

    /** The plain form of an attack. */
    static PlainAttack of(AttackSpec spec) {
        if (spec instanceof PgdSpec pgd) {
            return new PlainPgd(pgd);
        }
        if (spec instanceof DeepFoolSpec deepFool) {
            return new PlainDeepFool(deepFool);
        }
        if (spec instanceof CwL2Spec cwL2) {
            return new PlainCwL2(cwL2);
        }
        throw new RedrlException("there is no plain loop for " + spec.id() + ", only for " + ATTACKS);
    }
}
