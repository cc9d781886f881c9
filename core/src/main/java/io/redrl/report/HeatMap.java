package io.redrl.report;

import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.ConfusionMatrix;
import io.redrl.evaluation.RecognitionResult;
import io.redrl.report.Drawing.Letters;

/**
 * A confusion matrix as a heat map, rows adding up to 100 %. Right answers are blue, mistakes are red, and every cell has
 * its number, so that it can be read in grey.
 */
final class HeatMap {
    static final double WIDTH = 390;
    static final double HEIGHT = 242;
    private static final double LEFT = 62;
    private static final double TOP = 22;
    private static final double WIDE = 294;
    private static final double HIGH = 216;

    /** How to read it. */
    static final String LEGEND = "Rows: what was done to the image. Columns: what the recogniser said, in % of the row;"
            + " a dot is none. At the right: how many test examples.";

    private HeatMap() {}

    /** The heat map of one recogniser as SVG. */
    static String svg(RecognitionResult result) {
        Drawing drawing = new Drawing(WIDTH, HEIGHT, "Confusion matrix: " + result.title());
        draw(drawing, 0, 0, result.confusion());
        return drawing.svg();
    }

    /** Draws a heat map with its upper left corner at {@code (x, y)}. */
    static void draw(Drawing drawing, double x, double y, ConfusionMatrix confusion) {
        int size = confusion.labels().size();
        double width = WIDE / size;
        double height = HIGH / size;
        for (int i = 0; i < size; i++) {
            String label = ClassNames.label(confusion.labels().get(i));
            double base = y + TOP + (i + 0.5) * height + 4;
            drawing.text(x + LEFT - 7, base, label, Letters.of(11).end());
            drawing.text(
                    x + LEFT + WIDE + 5,
                    base,
                    Numbers.count(confusion.examples(i)),
                    Letters.of(9).faint());
            drawing.text(
                    x + LEFT + (i + 0.5) * width,
                    y + TOP - 7,
                    label,
                    Letters.of(10.2).middle());
            for (int j = 0; j < size; j++) {
                double share = confusion.share(i, j);
                double left = x + LEFT + j * width;
                String fill = i == j ? mix(share, 0x12, 0x4a, 0x86) : mix(share, 0xb5, 0x34, 0x1c);
                drawing.rectangle(left, y + TOP + i * height, width - 1.5, height - 1.5, fill);
                boolean none = confusion.counts().get(i).get(j) == 0;
                String text = none ? "·" : share < 0.095 ? Numbers.percent(share) : Numbers.fixed(100 * share, 0);
                Letters letters = Letters.of(12).middle().in(share > 0.5 ? "#ffffff" : none ? "#b4bac4" : Drawing.INK);
                drawing.text(left + width / 2 - 0.75, base, text, i == j ? letters.bolder() : letters);
            }
        }
    }

    /** From near white to the full colour; the root lifts small shares off the white. */
    private static String mix(double share, int red, int green, int blue) {
        double t = Math.pow(share, 0.8);
        return String.format(
                "#%02x%02x%02x",
                Math.round(246 + (red - 246) * t),
                Math.round(247 + (green - 247) * t),
                Math.round(249 + (blue - 249) * t));
    }
}
