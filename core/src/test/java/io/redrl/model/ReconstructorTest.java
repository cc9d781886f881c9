package io.redrl.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.Arrays;
import java.util.Objects;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class ReconstructorTest {
    private static Tensor images(long n) {
        return Tensors.uniform(new Seed(3), n, 3, 9, 7);
    }

    private static Tensor parameter(Reconstructor g, String name) {
        return Objects.requireNonNull(Weights.parameters(g).get(name));
    }

    private static float largest(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    @Test
    void keepsTheSizeAndHasTheParametersOfThePaper() {
        try (Reconstructor g = new Reconstructor(ReconstructorSpec.compact(), new Seed(1))) {
            long[] shape = Scopes.valuedNoGrad(() -> Tensors.shape(g.forward(images(2))));
            assertThat(shape).containsExactly(2, 3, 9, 7);
        }
        try (Reconstructor g = new Reconstructor(ReconstructorSpec.paper(), new Seed(1))) {
            // 3·9·64+64, 23 blocks of 2·(64·9·64+64), 64·9·3+3.
            assertThat(Weights.parameterCount(g)).isEqualTo(1792 + 23 * 2 * 36928 + 1731);
        }
    }

    @Test
    void withoutItsLastConvolutionTheOutputIsTheBiasWhateverTheInput() {
        for (InitialState state : InitialState.values()) {
            try (Reconstructor g = new Reconstructor(new ReconstructorSpec(8, 2, state), new Seed(1))) {
                float[] output = Scopes.valuedNoGrad(() -> {
                    parameter(g, "last.weight").zero_();
                    parameter(g, "last.bias").fill_(new Scalar(0.25));
                    return Tensors.toFloats(g.forward(images(2)));
                });
                for (float value : output) {
                    assertThat(value).isEqualTo(0.25f);
                }
            }
        }
    }

    @Test
    void nothingPassesBesideTheFirstConvolution() {
        try (Reconstructor g = new Reconstructor(ReconstructorSpec.compact(), new Seed(1))) {
            float gradient = Scopes.valued(() -> {
                parameter(g, "first.weight").set_data(Tensors.floats(new float[32 * 27], 32, 3, 3, 3));
                Tensor x = images(1).requires_grad_(true);
                return largest(Tensors.toFloats(Tensors.gradient(g.forward(x).sum(), x)));
            });
            assertThat(gradient).isZero();
        }
    }

    @Test
    void startsNearTheIdentityYetNotAtIt() {
        try (Reconstructor g = new Reconstructor(ReconstructorSpec.compact(), new Seed(1))) {
            float[] difference = Scopes.valuedNoGrad(() -> {
                Tensor x = Tensors.uniform(new Seed(4), 8, 3, 32, 32);
                return Tensors.toFloats(g.forward(x).sub(x));
            });
            assertThat(largest(difference)).isLessThan(2 / 255f).isGreaterThan(1e-5f);
        }
        try (Reconstructor g = new Reconstructor(new ReconstructorSpec(32, 6, InitialState.RANDOM), new Seed(1))) {
            float[] difference = Scopes.valuedNoGrad(() -> {
                Tensor x = images(8);
                return Tensors.toFloats(g.forward(x).sub(x));
            });
            assertThat(largest(difference)).isGreaterThan(0.1f);
        }
    }

    @Test
    void aPerturbationOfOneGreyLevelSurvivesLowPrecision() {
        try (Reconstructor g = new Reconstructor(ReconstructorSpec.compact(), new Seed(1))) {
            float[] passed = Scopes.valuedNoGrad(() -> {
                Tensor x = images(4).mul(new Scalar(0.5)).add(new Scalar(0.25));
                Tensor attacked = x.add(new Scalar(1 / 255.0));
                return Tensors.toFloats(g.forward(attacked, Precision.BF16).sub(g.forward(x, Precision.BF16)));
            });
            // bfloat16 has steps of 1/256 in [0.5, 1): through it many of these would be 0 or 2/256.
            for (float value : passed) {
                assertThat(value * 255).isBetween(0.8f, 1.2f);
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameWeightsAndAnotherOthers() {
        float[][] weights = new float[3][];
        long[] seeds = {1, 1, 2};
        for (int i = 0; i < seeds.length; i++) {
            try (Reconstructor g = new Reconstructor(ReconstructorSpec.compact(), new Seed(seeds[i]))) {
                weights[i] = Scopes.valued(() -> Tensors.toFloats(parameter(g, "blocks.0.conv1.weight")));
            }
        }
        assertThat(Arrays.equals(weights[0], weights[1])).isTrue();
        assertThat(Arrays.equals(weights[0], weights[2])).isFalse();
    }

    @Test
    void refusesSizesThatCannotBe() {
        assertThatThrownBy(() -> new ReconstructorSpec(2, 6, InitialState.RANDOM))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("channels must be in [3, 1024], got 2");
    }
}
