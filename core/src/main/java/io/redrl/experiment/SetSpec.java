package io.redrl.experiment;

import io.redrl.adversarial.Against;
import io.redrl.adversarial.Draw;
import io.redrl.attack.Storage;
import io.redrl.base.Checks;
import io.redrl.data.Split;

/**
 * Which images are attacked and how the result is kept.
 *
 * @param split which images
 * @param indices their indices, such as {@code 0-1023} or {@code 5,7-9}
 * @param draw every combination, or one victim and configuration per image and attack
 * @param storage 8 bits or float32
 * @param against what the attacks move away from
 */
public record SetSpec(Split split, String indices, Draw draw, Storage storage, Against against) {
    /** Requires every setting. */
    public SetSpec {
        Checks.require(split != null, "split is missing: train or test");
        Checks.require(indices != null, "indices are missing, for example 0-1023");
        Checks.require(draw != null, "draw is missing: all or one-per-attack");
        Checks.require(storage != null, "storage is missing: uint8 or float32");
        Checks.require(against != null, "against is missing: label or prediction");
    }

    /** The same for a few images, and of these not every combination but one of each attack. */
    SetSpec few(String few) {
        return new SetSpec(split, few, draw == Draw.ALL ? Draw.ONE_PER_ATTACK : draw, storage, against);
    }
}
