package io.redrl.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.RedrlException;
import io.redrl.base.Seed;
import io.redrl.tensor.Precision;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class AttackClassifierTest {
    @Test
    void isTorchvisionsResNet18WithSixChannelsAndItsOwnHead() {
        try (AttackClassifier psi = new AttackClassifier(AttackClassifierSpec.paper(), 6, 6, 0, new Seed(1))) {
            // ResNet18 without its last layer (11,176,512), three more input channels, 512 → 32 → 6.
            assertThat(Weights.parameterCount(psi))
                    .isEqualTo(11_176_512 + 3 * 64 * 49 + (512 * 32 + 32) + (32 * 6 + 6));
            Set<String> names = Scopes.valued(() -> Weights.state(psi).keySet());
            assertThat(names)
                    .contains("conv1.weight", "bn1.running_mean", "layer4.1.bn2.bias", "layer2.0.downsample.0.weight")
                    .doesNotContain("layer1.0.downsample.0.weight", "conv1.bias");
        }
    }

    @Test
    void resizesItsInputWhereAsked() {
        try (AttackClassifier psi = new AttackClassifier(
                new AttackClassifierSpec(
                        4, 1, AttackClassifierSpec.Stem.LARGE, 64, 8, AttackClassifierSpec.Pooling.MEAN),
                6,
                6,
                0,
                new Seed(1))) {
            Scopes.valuedNoGrad(() -> {
                psi.eval();
                Tensor small = Tensors.uniform(new Seed(2), 2, 6, 32, 32);
                Tensor large = org.bytedeco.pytorch.global.torch.upsample_bilinear2d(small, new long[] {64, 64}, false);
                float[] fromSmall = Tensors.toFloats(psi.forward(small));
                assertThat(fromSmall).hasSize(12);
                assertThat(fromSmall).containsExactly(Tensors.toFloats(psi.forward(large)));
                return fromSmall;
            });
        }
    }

    @Test
    void lowPrecisionChangesLogitsLittle() {
        try (AttackClassifier psi = new AttackClassifier(AttackClassifierSpec.compact(), 6, 6, 0, new Seed(1))) {
            Scopes.valuedNoGrad(() -> {
                psi.eval();
                Tensor input = Tensors.normal(new Seed(2), 4, 6, 16, 16);
                Tensor full = psi.forward(input);
                double change =
                        psi.forward(input, Precision.BF16).sub(full).abs().max().item_double();
                assertThat(change).isPositive().isLessThan(0.05 * full.std().item_double());
                return full;
            });
        }
    }

    @Test
    void refusesSizesThatCannotBe() {
        assertThatThrownBy(() -> new AttackClassifierSpec(
                        32, 1, AttackClassifierSpec.Stem.SMALL, 4, 32, AttackClassifierSpec.Pooling.MEAN))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("input-size must be 0");
    }

    @Test
    void keepsMaximaBesideMeansWhereAsked() {
        AttackClassifierSpec spec = new AttackClassifierSpec(
                4, 1, AttackClassifierSpec.Stem.SMALL, 0, 8, AttackClassifierSpec.Pooling.MEAN_AND_MAX);
        try (AttackClassifier psi = new AttackClassifier(spec, 6, 6, 0, new Seed(1))) {
            Scopes.run(() -> {
                assertThat(Tensors.shape(psi.forward(Tensors.uniform(new Seed(2), 2, 6, 16, 16))))
                        .containsExactly(2, 6);
                assertThat(Tensors.shape(java.util.Objects.requireNonNull(
                                Weights.parameters(psi).get("fc1.weight"))))
                        .containsExactly(8, 64);
            });
        }
    }

    @Test
    void hearsVictimsInAnyOrderAndOnlyVisibleOnes() {
        AttackClassifierSpec spec = AttackClassifierSpec.compact();
        try (AttackClassifier psi = new AttackClassifier(spec, 6, 6, 4, new Seed(1))) {
            psi.eval();
            Scopes.run(() -> {
                Tensor x = Tensors.uniform(new Seed(2), 1, 6, 16, 16);
                float[] a = {1, 2, 3, 4};
                float[] b = {-1, 0, 2, 1};
                float[] c = {5, 5, -5, 5};
                // leads[v][w]: of v's verdict in the logits of w
                float[] all =
                        logits(psi, x, new float[][] {a, b, c}, new float[][] {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}, 1);
                float[] turned =
                        logits(psi, x, new float[][] {c, a, b}, new float[][] {{9, 7, 8}, {3, 1, 2}, {6, 4, 5}}, 1);
                assertThat(turned).usingComparatorWithPrecision(1e-4f).containsExactly(all);

                float[] hidden =
                        logits(psi, x, new float[][] {a, b, c}, new float[][] {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}, 0);
                float[] other = logits(
                        psi, x, new float[][] {a, b, {0, 9, 9, 0}}, new float[][] {{1, 2, 8}, {4, 5, 1}, {2, 2, 2}}, 0);
                assertThat(other).usingComparatorWithPrecision(1e-4f).containsExactly(hidden);
                assertThat(hidden).isNotEqualTo(all);
            });
        }
    }

    /** Logits with three victims of which the last is visible or not. */
    private static float[] logits(AttackClassifier psi, Tensor x, float[][] own, float[][] leads, float last) {
        float[] evidence = new float[21];
        for (int v = 0; v < 3; v++) {
            System.arraycopy(own[v], 0, evidence, 7 * v, 4);
            System.arraycopy(leads[v], 0, evidence, 7 * v + 4, 3);
        }
        return Tensors.toFloats(psi.forward(
                x, Tensors.floats(evidence, 1, 3, 7), Tensors.floats(new float[] {1, 1, last}, 1, 3), Precision.FP32));
    }
}
