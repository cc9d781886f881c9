package io.redrl.report;

import java.util.Locale;

/** Draws SVG that stands inside an HTML page. */
final class SvgDrawing implements Drawing {
    private final Html out = new Html();

    /**
     * @param width in user units; the page decides how large that is
     * @param height in user units
     * @param title what a reader who cannot see it is told
     */
    SvgDrawing(double width, double height, String title) {
        out.open(
                "svg",
                "xmlns",
                "http://www.w3.org/2000/svg",
                "font-family",
                "sans-serif",
                "viewBox",
                "0 0 " + number(width) + " " + number(height),
                "role",
                "img",
                "aria-label",
                title);
    }

    @Override
    public void rectangle(double x, double y, double width, double height, String fill) {
        out.empty(
                "rect", "x", number(x), "y", number(y), "width", number(width), "height", number(height), "fill", fill);
    }

    @Override
    public void line(double x1, double y1, double x2, double y2, String colour, double width) {
        out.empty(
                "line",
                "x1",
                number(x1),
                "y1",
                number(y1),
                "x2",
                number(x2),
                "y2",
                number(y2),
                "stroke",
                colour,
                "stroke-width",
                number(width));
    }

    @Override
    public void path(double[] x, double[] y, String colour, double width) {
        out.empty(
                "polyline",
                "points",
                points(x, y),
                "fill",
                "none",
                "stroke",
                colour,
                "stroke-width",
                number(width),
                "stroke-linejoin",
                "round");
    }

    @Override
    public void area(double[] x, double[] y, String fill) {
        out.empty("polygon", "points", points(x, y), "fill", fill);
    }

    @Override
    public void text(double x, double y, String text, double size, Anchor anchor, String colour, boolean bold) {
        out.element(
                "text",
                text,
                "x",
                number(x),
                "y",
                number(y),
                "font-size",
                number(size),
                "text-anchor",
                anchor.name().toLowerCase(Locale.ROOT),
                "fill",
                colour,
                "font-weight",
                bold ? "600" : "400");
    }

    /** The finished picture. */
    String finish() {
        return out.close().toString();
    }

    private static String points(double[] x, double[] y) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < x.length; i++) {
            points.append(i == 0 ? "" : " ").append(number(x[i])).append(',').append(number(y[i]));
        }
        return points.toString();
    }

    private static String number(double value) {
        String text = String.format(Locale.ROOT, "%.2f", value);
        return text.replaceAll("\\.?0+$", "");
    }
}
