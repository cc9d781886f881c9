package io.redrl.attack;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * An attacked batch: images and what was achieved with each.
 *
 * @param adversarial {@code [N,C,H,W]} float32 in [0, 1], as storage would give it back (for {@link Storage#UINT8}
 *     multiples of 1/255); belongs to the scope that called the runner
 * @param outcomes one per image, in the batch's order
 */
public record AttackOutcome(Tensor adversarial, List<Outcome> outcomes) {
    /** Copies the list. */
    public AttackOutcome {
        outcomes = List.copyOf(outcomes);
    }
}
