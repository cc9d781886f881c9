package io.redrl.experiment;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.redrl.adversarial.AdversarialPlan;
import io.redrl.adversarial.ReferenceLabel;
import io.redrl.adversarial.SamplingPolicy;
import io.redrl.attack.Storage;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.data.IndexRanges;
import io.redrl.data.Split;
import io.redrl.tensor.Precision;
import java.util.Optional;

/**
 * Settings of an adversarial set: which images are attacked and how the result is kept.
 *
 * @param split which images
 * @param indices their indices, such as {@code 0-1023} or {@code 5,7-9}
 * @param sampling every combination; one victim and configuration per image and attack; one victim per image; or several victims and
 *     configurations per image and attack, of which training draws one anew in every epoch: the paper's training
 * @param storage 8 bits, rounded or truncated (a control), or float32
 * @param referenceLabel what the attacks move away from
 * @param draws with sampling {@code fresh}, how many pairs of victim and configuration an image gets of each attack; 4 if left out of the
 *     file, all if there are no more
 * @param precision of all attacks of the set: {@code fp32}, {@code bf16}, or {@code auto} for the faster on this machine; {@code fp32} if
 *     left out of the file. One for all, so that no class is told by its number format
 */
public record SetSpec(
        Split split,
        String indices,
        SamplingPolicy sampling,
        Storage storage,
        ReferenceLabel referenceLabel,

        @JacksonInject(value = Json.OR_ABSENT, useInput = OptBoolean.TRUE) @JsonInclude(JsonInclude.Include.NON_ABSENT)
        Optional<Integer> draws,

        @JacksonInject(value = Json.OR_ABSENT + " 2", useInput = OptBoolean.TRUE)
        @JsonInclude(JsonInclude.Include.NON_ABSENT)
        Optional<Precision> precision) {
    /** Requires every setting that a file may not leave out. */
    public SetSpec {
        Checks.require(split != null, "split is missing: train or test");
        Checks.require(indices != null, "indices are missing, for example 0-1023");
        Checks.require(sampling != null, "sampling is missing: all, one-per-attack, one-victim or fresh");
        Checks.require(storage != null, "storage is missing: uint8, truncated or float32");
        Checks.require(referenceLabel != null, "reference-label is missing: label or prediction");
        Checks.require(
                draws.isEmpty() || sampling == SamplingPolicy.FRESH,
                "draws goes with sampling fresh: with another there is nothing to draw from");
        draws.ifPresent(count -> Checks.positive("draws", count));
    }

    /** The same for other images, combined in another way. */
    SetSpec with(String otherIndices, SamplingPolicy otherSampling) {
        Optional<Integer> same = otherSampling == SamplingPolicy.FRESH ? draws : Optional.empty();
        return new SetSpec(split, otherIndices, otherSampling, storage, referenceLabel, same, precision);
    }

    /** The plan's way to combine images with victims and configurations, and the precision of its attacks. */
    AdversarialPlan applyTo(AdversarialPlan plan) {
        Precision all = precision.orElse(Precision.FP32);
        return plan.withSampling(
                        sampling,
                        sampling == SamplingPolicy.FRESH
                                ? Optional.of(draws.orElse(AdversarialPlan.DRAWS))
                                : Optional.empty())
                .withStorage(storage)
                .withReferenceLabel(referenceLabel)
                .withPrecision(all == Precision.AUTO ? Precision.fastest() : all);
    }

    /** How many images are attacked. */
    int count() {
        return IndexRanges.parse(indices).length;
    }
}
