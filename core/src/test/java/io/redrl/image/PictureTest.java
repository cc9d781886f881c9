package io.redrl.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.evaluation.Exemplar;
import org.junit.jupiter.api.Test;

class PictureTest {
    private static Picture picture(int... levels) {
        byte[] bytes = new byte[levels.length];
        for (int i = 0; i < levels.length; i++) {
            bytes[i] = (byte) levels[i];
        }
        return Picture.of(1, levels.length / 3, bytes);
    }

    @Test
    void differencesAreMagnifiedAroundMidGreyAndCutOff() {
        Picture shown = picture(100, 200, 255, 7, 0, 130).minus(picture(100, 199, 0, 12, 255, 114), 8);
        assertThat(shown).isEqualTo(picture(128, 136, 255, 88, 0, 255));
    }

    @Test
    void aStripShowsWhatTheAttackAddedAndWhatTheReconstructorTookAway() {
        Exemplar exemplar = new Exemplar(
                0,
                "cat",
                "pgd",
                "v",
                "{}",
                "cat",
                "dog",
                "cat",
                "pgd",
                0.9,
                0.02,
                0.1,
                picture(10, 20, 30),
                picture(12, 19, 30),
                picture(11, 22, 30));
        assertThat(exemplar.perturbation(8)).isEqualTo(picture(144, 120, 128));
        assertThat(exemplar.residual(8)).isEqualTo(picture(136, 104, 128));
    }

    @Test
    void refusesOtherSizesAndOtherText() {
        assertThatThrownBy(() -> picture(1, 2, 3).minus(picture(1, 2, 3, 4, 5, 6), 8))
                .hasMessageContaining("1 × 1 and 1 × 2");
        assertThatThrownBy(() -> new Picture(1, 1, "AAAA////")).hasMessageContaining("needs 3 bytes, got 6");
        assertThatThrownBy(() -> new Picture(1, 1, "###")).hasMessageContaining("base64");
    }
}
