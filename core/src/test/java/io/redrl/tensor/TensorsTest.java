package io.redrl.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.redrl.base.Seed;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class TensorsTest {
    /** Of a sum it is one number, expanded to the input's shape. */
    @Test
    void aGradientMayBeWrittenInto() {
        Scopes.run(() -> {
            Tensor x = Tensors.uniform(new Seed(1), 2, 3, 4, 4).requires_grad_(true);
            Tensor gradient = Tensors.gradient(x.sum().mul(new Scalar(0.0)), x);
            gradient.add_(new Scalar(1.0));
            assertThat(gradient.sum().item_double()).isEqualTo(96);
        });
    }

    @Test
    void everyGreyLevelSurvivesTheWayToPixelsAndBack() {
        byte[] levels = new byte[256];
        for (int i = 0; i < 256; i++) {
            levels[i] = (byte) i;
        }
        try (PointerScope scope = new PointerScope()) {
            Tensor pixels = Tensors.pixels(levels, 1, 1, 16, 16);
            assertThat(Tensors.shape(pixels)).containsExactly(1, 1, 16, 16);
            assertThat(Tensors.toFloats(pixels)[255]).isEqualTo(1f);
            assertThat(Tensors.greyLevels(pixels)).isEqualTo(levels);
            assertThat(Tensors.toFloats(Tensors.rounded(pixels))).isEqualTo(Tensors.toFloats(pixels));
        }
    }

    @Test
    void roundsHalfUpAndClamps() {
        try (PointerScope scope = new PointerScope()) {
            Tensor pixels = Tensors.floats(new float[] {0.5f / 255, 0.49f / 255, 2.5f / 255, -1f, 2f}, 5);
            assertThat(Tensors.greyLevels(pixels)).containsExactly(1, 0, 3, 0, (byte) 255);
        }
    }

    @Test
    void tensorsLeaveAScopeOnlyIntoTheOneAround() {
        try (PointerScope scope = new PointerScope()) {
            Tensor kept = Scopes.scoped(() -> Tensors.floats(new float[] {1, 2, 3}, 3));
            assertThat(Tensors.toFloats(kept)).containsExactly(1f, 2f, 3f);
        }
        assertThatThrownBy(() -> Scopes.scoped(() -> Tensors.longs(1))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void drawsDependOnTheSeedAlone() {
        try (PointerScope scope = new PointerScope()) {
            float[] first = Tensors.toFloats(Tensors.uniform(new Seed(5), 4, 4));
            Tensors.toFloats(Tensors.normal(new Seed(9), 100));
            assertThat(Tensors.toFloats(Tensors.uniform(new Seed(5), 4, 4))).isEqualTo(first);
            assertThat(Tensors.toFloats(Tensors.uniform(new Seed(6), 4, 4))).isNotEqualTo(first);
        }
    }

    @Test
    void gradientOfASquareIsTwiceTheInput() {
        try (PointerScope scope = new PointerScope()) {
            Tensor x = Tensors.floats(new float[] {1, -2, 3}, 3).requires_grad_(true);
            assertThat(Tensors.toFloats(Tensors.gradient(x.mul(x).sum(), x))).containsExactly(2f, -4f, 6f);
        }
    }

    @Test
    void normsAreTakenPerSample() {
        try (PointerScope scope = new PointerScope()) {
            Tensor delta = Tensors.floats(new float[] {3, -4, 0, 0, 1, 0, 0, 0}, 2, 1, 2, 2);
            assertThat(Tensors.toFloats(Norm.L2.of(delta))).containsExactly(new float[] {5f, 1f}, within(1e-6f));
            assertThat(Tensors.toFloats(Norm.LINF.of(delta))).containsExactly(4f, 1f);
        }
    }
}
