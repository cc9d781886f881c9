package io.redrl.report;

import io.redrl.evaluation.ClassNames;
import io.redrl.evaluation.ConfusionMatrix;
import io.redrl.evaluation.RecognitionResult;

/**
 * A confusion matrix as a heat map, rows adding up to 100 %. Right answers are blue, mistakes are red, and every cell has
 * its number, so that it can be read in grey.
 */
final class HeatMap {
    static final double WIDTH = 390;
    static final double HEIGHT = 242;
    private static final double LEFT = 62;
    private static final double TOP = 22;
    private static final double CELL_WIDTH = 49;
    private static final double CELL_HEIGHT = 36;
    private static final String INK = "#1f2430";
    private static final String FAINT = "#6b7280";

    /** How to read it. */
    static final String LEGEND = "Rows: what was done to the image. Columns: what the recogniser said, in % of the row;"
            + " a dot is none. At the right: how many test examples.";

    private HeatMap() {}

    /** The heat map of one recogniser as SVG. */
    static String svg(RecognitionResult result) {
        SvgDrawing drawing = new SvgDrawing(WIDTH, HEIGHT, "Confusion matrix: " + result.title());
        draw(drawing, 0, 0, result.confusion());
        return drawing.finish();
    }

    /** Draws a heat map with its upper left corner at {@code (x, y)}; made for six classes. */
    static void draw(Drawing drawing, double x, double y, ConfusionMatrix confusion) {
        int size = confusion.labels().size();
        double width = CELL_WIDTH * 6 / size;
        double height = CELL_HEIGHT * 6 / size;
        for (int i = 0; i < size; i++) {
            String label = ClassNames.label(confusion.labels().get(i));
            double middle = y + TOP + (i + 0.5) * height + 4;
            drawing.text(x + LEFT - 7, middle, label, 11, Drawing.Anchor.END, INK, false);
            drawing.text(
                    x + LEFT + size * width + 5,
                    middle,
                    Numbers.count(confusion.examples(i)),
                    9,
                    Drawing.Anchor.START,
                    FAINT,
                    false);
            drawing.text(x + LEFT + (i + 0.5) * width, y + TOP - 7, label, 10.2, Drawing.Anchor.MIDDLE, INK, false);
            for (int j = 0; j < size; j++) {
                cell(drawing, x + LEFT + j * width, y + TOP + i * height, width, height, confusion, i, j);
            }
        }
    }

    private static void cell(
            Drawing drawing,
            double x,
            double y,
            double width,
            double height,
            ConfusionMatrix confusion,
            int actual,
            int predicted) {
        double share = confusion.share(actual, predicted);
        boolean right = actual == predicted;
        drawing.rectangle(
                x, y, width - 1.5, height - 1.5, right ? mix(share, 0x12, 0x4a, 0x86) : mix(share, 0xb5, 0x34, 0x1c));
        int count = confusion.counts().get(actual).get(predicted);
        String text = count == 0 ? "·" : share < 0.095 ? Numbers.percent(share) : Numbers.fixed(100 * share, 0);
        String colour = share > 0.5 ? "#ffffff" : count == 0 ? "#b4bac4" : INK;
        drawing.text(x + width / 2 - 0.75, y + height / 2 + 4, text, 12, Drawing.Anchor.MIDDLE, colour, right);
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
