package io.redrl.experiment;

import io.redrl.adversarial.ReferenceLabel;
import io.redrl.adversarial.SamplingPolicy;
import io.redrl.attack.Storage;
import io.redrl.base.Checks;
import io.redrl.data.IndexRanges;
import io.redrl.data.Split;

/**
 * Settings of an adversarial set: which images are attacked and how the result is kept.
 *
 * @param split which images
 * @param indices their indices, such as {@code 0-1023} or {@code 5,7-9}
 * @param sampling every combination, or one victim and configuration per image and attack
 * @param storage 8 bits or float32
 * @param referenceLabel what the attacks move away from
 */
public record SetSpec(
        Split split, String indices, SamplingPolicy sampling, Storage storage, ReferenceLabel referenceLabel) {
    /** Requires every setting. */
    public SetSpec {
        Checks.require(split != null, "split is missing: train or test");
        Checks.require(indices != null, "indices are missing, for example 0-1023");
        Checks.require(sampling != null, "sampling is missing: all or one-per-attack");
        Checks.require(storage != null, "storage is missing: uint8 or float32");
        Checks.require(referenceLabel != null, "reference-label is missing: label or prediction");
    }

    /** The same for other images, combined in another way. */
    SetSpec with(String otherIndices, SamplingPolicy otherSampling) {
        return new SetSpec(split, otherIndices, otherSampling, storage, referenceLabel);
    }

    /** How many images are attacked. */
    int count() {
        return IndexRanges.parse(indices).length;
    }
}
