package io.redrl.identify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import org.junit.jupiter.api.Test;

class ResidualTest {
    private static final ImageShape SHAPE = new ImageShape(3, 2, 4);

    private static Image levels(int step) {
        byte[] levels = new byte[SHAPE.values()];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = (byte) (200 + step * i % 8);
        }
        return new Image(SHAPE, levels);
    }

    @Test
    void theWholeDifferenceCountsWhereNothingElseIsKnown() {
        Residual residual = Residual.of(levels(1), levels(0), null, null, 10);
        assertThat(residual.linf()).isEqualTo(7 / 255.0);
        assertThat(residual.l2()).isCloseTo(Math.sqrt(3 * 140) / 255, within(1e-12));
        assertThat(residual.magnified().pixels()[7] & 0xff).isEqualTo(128 + 70);
        assertThat(Residual.of(levels(1), levels(0), null, null, 100)
                                .magnified()
                                .pixels()[7]
                        & 0xff)
                .isEqualTo(255);
    }

    @Test
    void itIsCutOffAtEpsilonAndAtTheBox() {
        assertThat(Residual.of(levels(0), levels(1), 3 / 255.0, null, 1).linf()).isEqualTo(3 / 255.0);
        byte[] inside = Residual.of(levels(1), levels(0), null, new Box(1, 1, 2, 1, 0.5), 1)
                .magnified()
                .pixels();
        for (int i = 0; i < inside.length; i++) {
            int place = i % 8;
            boolean in = place == 5 || place == 6;
            assertThat(inside[i] & 0xff).as("value %d", i).isEqualTo(in ? 128 + place : 128);
        }
    }
}
