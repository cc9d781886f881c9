package io.redrl.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import io.redrl.report.Drawing.Letters;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

class DrawingTest {
    @Test
    void oneCallIsDrawnInBothFormsAtTheSamePlace() {
        Drawing drawing = new Drawing(20, 10, "a & b");
        drawing.rectangle(2, 3, 4.005, 5, "#124a86");
        drawing.line(10, 0, 10, 10, "#ff0000", 2);
        drawing.area(new double[] {15, 20, 20}, new double[] {0, 0, 10}, "#00ff00");
        assertThat(drawing.svg())
                .startsWith("<svg xmlns=\"http://www.w3.org/2000/svg\"")
                .contains("viewBox=\"0 0 20 10\"", "aria-label=\"a &amp; b\"")
                .contains("<path d=\"M2,3L6,3L6,8L2,8L2,3z\" fill=\"#124a86\"/>")
                .contains("<path d=\"M10,0L10,10\" fill=\"none\" stroke=\"#ff0000\" stroke-width=\"2\"")
                .contains("<path d=\"M15,0L20,0L20,10z\" fill=\"#00ff00\"/>")
                .endsWith("</svg>");
        BufferedImage pixels = drawing.pixels();
        assertThat(pixels.getWidth()).isEqualTo(60);
        assertThat(colour(pixels, 4, 5)).isEqualTo(0x124a86);
        assertThat(colour(pixels, 10, 5)).isEqualTo(0xff0000);
        assertThat(colour(pixels, 19, 2)).isEqualTo(0x00ff00);
        assertThat(colour(pixels, 1, 1)).isEqualTo(0xffffff);
    }

    @Test
    void textIsEscapedAndAnchored() {
        Drawing drawing = new Drawing(100, 20, "text");
        drawing.text(100, 12.5, "<b> & \"c\"", Letters.of(10).end().bolder());
        assertThat(drawing.svg())
                .contains("<text x=\"100\" y=\"12.5\" font-size=\"10\" text-anchor=\"end\" fill=\"#1f2430\""
                        + " font-weight=\"600\">&lt;b")
                .doesNotContain("<b>");
        BufferedImage pixels = drawing.pixels();
        assertThat(inked(pixels, 0, 30)).as("left of the text").isFalse();
        assertThat(inked(pixels, 50, 100)).as("at its end").isTrue();
    }

    @Test
    void picturesKeepTheirHardEdges() {
        Drawing drawing = new Drawing(20, 10, "picture");
        drawing.picture(
                0, 0, 20, new Image(new ImageShape(3, 1, 2), new byte[] {(byte) 255, 0, 10, 20, 0, (byte) 128}));
        assertThat(drawing.svg()).contains("width=\"20\" height=\"10\" href=\"data:image/png;base64,");
        assertThat(colour(drawing.pixels(), 9, 5)).isEqualTo(0xff0a00);
        assertThat(colour(drawing.pixels(), 10, 5)).isEqualTo(0x001480);
    }

    private static boolean inked(BufferedImage pixels, int from, int to) {
        for (int x = from * Drawing.SCALE; x < to * Drawing.SCALE; x++) {
            for (int y = 0; y < pixels.getHeight(); y++) {
                if ((pixels.getRGB(x, y) & 0xff) < 128) {
                    return true;
                }
            }
        }
        return false;
    }

    /** In the middle of a unit. */
    private static int colour(BufferedImage pixels, int x, int y) {
        return pixels.getRGB(x * Drawing.SCALE + 1, y * Drawing.SCALE + 1) & 0xffffff;
    }
}
