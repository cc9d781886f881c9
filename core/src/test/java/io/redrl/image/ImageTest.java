package io.redrl.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.redrl.base.Json;
import io.redrl.base.RedrlException;
import org.junit.jupiter.api.Test;

class ImageTest {
    private static Image image(int... levels) {
        byte[] pixels = new byte[levels.length];
        for (int i = 0; i < levels.length; i++) {
            pixels[i] = (byte) levels[i];
        }
        return new Image(new ImageShape(3, 1, levels.length / 3), pixels);
    }

    @Test
    void imagesAreComparedByShapeAndPixels() {
        assertThat(image(1, 2, 3)).isEqualTo(image(1, 2, 3)).hasSameHashCodeAs(image(1, 2, 3));
        assertThat(image(1, 2, 3)).isNotEqualTo(image(1, 2, 4));
        assertThat(image(1, 2, 3))
                .isNotEqualTo(new Image(new ImageShape(1, 1, 3), image(1, 2, 3).pixels()));
    }

    @Test
    void differencesAreMagnifiedAroundMidGreyAndCutOff() {
        Image shown = image(100, 200, 255, 7, 0, 130).minus(image(100, 199, 0, 12, 255, 114), 8);
        assertThat(shown).isEqualTo(image(128, 136, 255, 88, 0, 255));
        assertThatThrownBy(() -> image(1, 2, 3).minus(image(1, 2, 3, 4, 5, 6), 8))
                .hasMessageContaining("3×1×1 and 3×1×2");
    }

    @Test
    void scalesDownWhatIsTooLong() {
        assertThat(image(0, 0, 240, 240, 120, 120).within(1)).isEqualTo(image(0, 240, 120));
        assertThat(image(0, 0, 240, 240, 120, 120).within(2)).isEqualTo(image(0, 0, 240, 240, 120, 120));
    }

    @Test
    void jsonHoldsThePixelsAsBase64() {
        String json = Json.line(image(0, 128, 255));
        assertThat(json).isEqualTo("{\"shape\":{\"channels\":3,\"height\":1,\"width\":1},\"pixels\":\"AID/\"}");
        assertThat(Json.parse(json, Image.class, "test")).isEqualTo(image(0, 128, 255));
        assertThatThrownBy(() -> Json.parse(json.replace("AID/", "AID/AID/"), Image.class, "test"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("an image of 3×1×1 has 3 values, got 6");
        assertThatThrownBy(() -> Json.parse(json.replace("AID/", "###"), Image.class, "test"))
                .isInstanceOf(RedrlException.class)
                .hasMessageContaining("pixels");
    }
}
