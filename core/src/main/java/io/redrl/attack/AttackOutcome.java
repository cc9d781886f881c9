package io.redrl.attack;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * What {@link AttackRunner} returns.
 *
 * @param adversarial {@code [N,C,H,W]} float32 in [0, 1], as storage would give it back (for {@link Storage#UINT8}
 *     multiples of 1/255); belongs to the scope that called the runner
 * @param examples one per image, in the batch's order
 */
public record AttackOutcome(Tensor adversarial, List<AttackedExample> examples) {
    /** Copies the list. */
    public AttackOutcome {
        examples = List.copyOf(examples);
    }
}
