package io.redrl.bench;

import java.util.List;
import java.util.Locale;

/** Horizontal bars as SVG, with a line at 1. */
final class BarChart {
    private static final int LEFT = 250;
    private static final int LENGTH = 420;
    private static final int HEIGHT = 18;
    private static final int TOP = 40;

    private BarChart() {}

    /**
     * A bar.
     *
     * @param marked in the second colour
     */
    record Bar(String label, double value, boolean marked) {}

    /** The picture; the longest bar stands for {@code most}. */
    static String svg(String title, List<Bar> bars, double most) {
        double unit = LENGTH / most;
        int height = TOP + bars.size() * HEIGHT + 10;
        StringBuilder out = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                        + " font-size=\"11\"><rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>"
                        + "<text x=\"10\" y=\"22\" font-size=\"14\" font-weight=\"600\">%s</text>%n",
                LEFT + LENGTH + 60,
                height,
                escaped(title)));
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            int y = TOP + i * HEIGHT;
            double value = Double.isFinite(bar.value()) ? bar.value() : 0;
            out.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text><rect x=\"%d\" y=\"%d\" width=\"%.1f\""
                            + " height=\"%d\" fill=\"%s\"/><text x=\"%.1f\" y=\"%d\">%.2f</text>%n",
                    LEFT - 6,
                    y + 12,
                    escaped(bar.label()),
                    LEFT,
                    y + 2,
                    value * unit,
                    HEIGHT - 4,
                    bar.marked() ? "#0f766e" : "#60a5fa",
                    LEFT + value * unit + 5,
                    y + 12,
                    bar.value()));
        }
        out.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#1f2430\" stroke-dasharray=\"3 3\"/>%n"
                        + "</svg>%n",
                LEFT + unit,
                TOP - 6,
                LEFT + unit,
                height - 6));
        return out.toString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}
