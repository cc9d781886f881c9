package io.redrl.model;

import io.redrl.base.Checks;

/**
 * The size of the attack classifier Ψ, a ResNet of four stages with basic blocks.
 *
 * @param width channels of the first stage; the others have 2, 4 and 8 times as many
 * @param blocksPerStage 2 for ResNet18, 1 for a ResNet10
 * @param stem what images pass first
 * @param inputSize side in pixels to which the input is resized (bilinear), 0 to take it as it comes
 * @param hidden units of the layer between the pooled features and the logits
 * @param pooling how the last stage's maps become one vector
 */
public record AttackClassifierSpec(
        int width, int blocksPerStage, Stem stem, int inputSize, int hidden, Pooling pooling) {
    /** How maps become a vector. */
    public enum Pooling {
        /** Their means, as in any ResNet. */
        MEAN,
        /** Their means and their maxima: a small patch is lost in a mean. */
        MEAN_AND_MAX
    }

    /** The first layer. */
    public enum Stem {
        /** 7×7 with stride 2, then 3×3 max pooling with stride 2: made for larger images. */
        LARGE,
        /** 3×3 with stride 1, no pooling: keeps the resolution of 32×32 images. */
        SMALL
    }

    /** Checks the sizes. */
    public AttackClassifierSpec {
        Checks.inRange("attack classifier width", width, 1, 1024);
        Checks.inRange("attack classifier blocks-per-stage", blocksPerStage, 1, 16);
        Checks.require(
                inputSize == 0 || (inputSize >= 8 && inputSize <= 1024),
                "attack classifier input-size must be 0 (as it comes) or in [8, 1024], got %d",
                inputSize);
        Checks.inRange("attack classifier hidden", hidden, 1, 4096);
    }

    /** The number of weights of its 3×3 convolutions, which are most of all. */
    public long weights() {
        long in = width;
        long sum = 0;
        for (int stage = 0; stage < 4; stage++) {
            long out = (long) width << stage;
            sum += 9 * (in * out + (2L * blocksPerStage - 1) * out * out);
            in = out;
        }
        return sum;
    }

    /** ResNet18 with the 7×7 stem on 64×64 input and a head 512 → 32 → 6, as the paper's published code has it. */
    public static AttackClassifierSpec paper() {
        return new AttackClassifierSpec(64, 2, Stem.LARGE, 64, 32, Pooling.MEAN);
    }

    /** A ResNet10 of width 32 with a 3×3 stem, for training on a CPU. */
    public static AttackClassifierSpec compact() {
        return new AttackClassifierSpec(32, 1, Stem.SMALL, 0, 32, Pooling.MEAN);
    }
}
