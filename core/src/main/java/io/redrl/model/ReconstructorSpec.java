package io.redrl.model;

import io.redrl.base.Checks;

/**
 * The size of the reconstructor G.
 *
 * @param channels width C of every layer between the first and the last; at least 3
 * @param blocks number B of residual blocks
 * @param initialState where training starts
 */
public record ReconstructorSpec(int channels, int blocks, InitialState initialState) {
    /** Checks the sizes. */
    public ReconstructorSpec {
        Checks.inRange("reconstructor channels", channels, 3, 1024);
        Checks.inRange("reconstructor blocks", blocks, 0, 256);
    }

    /** The number of weights of its convolutions. */
    public long weights() {
        long c = channels;
        return 9 * (3 * c + 2L * blocks * c * c + 3 * c);
    }

    /** 64 channels and 23 blocks from random weights, as the paper's published code has it. */
    public static ReconstructorSpec paper() {
        return new ReconstructorSpec(64, 23, InitialState.RANDOM);
    }

    /** 32 channels and 6 blocks near the identity, for training on a CPU. */
    public static ReconstructorSpec compact() {
        return new ReconstructorSpec(32, 6, InitialState.NEAR_IDENTITY);
    }
}
