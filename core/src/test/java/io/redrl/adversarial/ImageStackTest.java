package io.redrl.adversarial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.attack.Outcome;
import io.redrl.attack.Storage;
import io.redrl.image.ImageShape;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class ImageStackTest {
    /** Every grey level, once in each channel. */
    private static final AdversarialExample LEVELS = row(16, 16, Storage.UINT8, levels());

    private static final AdversarialExample FLOATS = row(16, 16, Storage.FLOAT32, sixteenths());

    private static AdversarialExample row(int height, int width, Storage storage, byte[] bytes) {
        return new AdversarialExample(
                0, 0, "pgd", "v", "{}", Outcome.NOT_ATTACKED, StoredImage.of(height, width, storage, bytes));
    }

    private static byte[] levels() {
        byte[] levels = new byte[3 * 256];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = (byte) i;
        }
        return levels;
    }

    private static byte[] sixteenths() {
        ByteBuffer bytes = ByteBuffer.allocate(3 * 256 * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 3 * 256; i++) {
            bytes.putFloat(i % 16 / 16f);
        }
        return bytes.array();
    }

    @Test
    void rowsOfBothStoragesBecomeTheSameFloatsWhateverStandsBesideThem() {
        Scopes.run(() -> {
            float[] levels = Tensors.toFloats(ImageStack.pixels(List.of(LEVELS)));
            float[] floats = Tensors.toFloats(ImageStack.pixels(List.of(FLOATS)));
            float[] mixed = Tensors.toFloats(ImageStack.pixels(List.of(LEVELS, FLOATS)));

            assertThat(levels).hasSize(768).containsExactly(LEVELS.image().floats());
            assertThat(levels[255]).isEqualTo(1);
            assertThat(floats).hasSize(768).startsWith(0f, 0.0625f).endsWith(0.9375f);
            assertThat(mixed).startsWith(levels).endsWith(floats);
        });
    }

    @Test
    void packsEightBitsWhereAllAreStoredSoAndGivesSomeBackMirroredOrNot() {
        try (ImageStack stack = ImageStack.of(List.of(LEVELS, LEVELS));
                ImageStack mixed = ImageStack.of(List.of(LEVELS, FLOATS));
                ImageStack given = ImageStack.of(2, ImageShape.square(16), i -> levels())) {
            assertThat(stack.packed().scalar_type().intern()).isEqualTo(ScalarType.Byte);
            assertThat(mixed.packed().scalar_type().intern()).isEqualTo(ScalarType.Float);
            Scopes.run(() -> {
                float[] both = Tensors.toFloats(stack.at(new long[] {1, 0}, new boolean[] {false, true}));
                assertThat(both).startsWith(LEVELS.image().floats());
                for (int i = 0; i < 768; i++) {
                    assertThat(both[768 + i]).isEqualTo(both[i / 16 * 16 + 15 - i % 16]);
                }
                assertThat(Tensors.toFloats(given.at(new long[] {1}, new boolean[1])))
                        .containsExactly(LEVELS.image().floats());
            });
        }
    }

    @Test
    void refusesImagesOfDifferentShapesAndCutOffOnes() {
        AdversarialExample other = row(8, 8, Storage.UINT8, new byte[192]);
        assertThatThrownBy(() -> ImageStack.of(List.of(LEVELS, other)))
                .hasMessageContaining("one shape, got 3×16×16 and 3×8×8");
        assertThatThrownBy(() -> StoredImage.of(2, 2, Storage.UINT8, new byte[5]))
                .hasMessageContaining("5 bytes");
        assertThatThrownBy(() -> ImageStack.of(List.of())).hasMessageContaining("no rows");
    }
}
