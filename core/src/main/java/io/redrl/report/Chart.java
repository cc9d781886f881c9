package io.redrl.report;

import io.redrl.evaluation.TrainingCurve;
import java.util.ArrayList;
import java.util.List;

/** A small line chart of one series: its range at the left, its last value at the end of the line. */
final class Chart {
    private static final double WIDTH = 230;
    private static final double HEIGHT = 118;
    private static final double LEFT = 36;
    private static final double RIGHT = 14;
    private static final double TOP = 26;
    private static final double BOTTOM = 18;
    private static final int POINTS = 200;
    private static final String FAINT = "#6b7280";

    private Chart() {}

    /** The chart as SVG; {@code share} series run from 0 to 100 %, others over their own range. */
    static String svg(TrainingCurve.Series series, boolean share, String colour) {
        SvgDrawing drawing = new SvgDrawing(WIDTH, HEIGHT, series.name() + " over training");
        List<double[]> points = thin(series);
        drawing.text(0, 12, series.name(), 11, Drawing.Anchor.START, "#1f2430", true);
        if (points.isEmpty()) {
            drawing.text(WIDTH / 2, HEIGHT / 2, "nothing recorded", 10, Drawing.Anchor.MIDDLE, FAINT, false);
            return drawing.finish();
        }
        double low = share ? 0 : points.stream().mapToDouble(p -> p[1]).min().orElse(0);
        double high = share ? 1 : points.stream().mapToDouble(p -> p[1]).max().orElse(1);
        double first = points.get(0)[0];
        double last = points.get(points.size() - 1)[0];
        double[] x = points.stream()
                .mapToDouble(p -> LEFT + span(p[0], first, last) * (WIDTH - LEFT - RIGHT))
                .toArray();
        double[] y = points.stream()
                .mapToDouble(p -> HEIGHT - BOTTOM - span(p[1], low, high) * (HEIGHT - TOP - BOTTOM))
                .toArray();
        drawing.line(LEFT, TOP, WIDTH - RIGHT, TOP, "#e5e7eb", 1);
        drawing.line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, "#9ca3af", 1);
        drawing.text(LEFT - 5, TOP + 4, label(high, share), 9, Drawing.Anchor.END, FAINT, false);
        drawing.text(LEFT - 5, HEIGHT - BOTTOM + 3, label(low, share), 9, Drawing.Anchor.END, FAINT, false);
        drawing.text(LEFT, HEIGHT - 5, Numbers.count(Math.round(first)), 9, Drawing.Anchor.START, FAINT, false);
        drawing.text(WIDTH - RIGHT, HEIGHT - 5, Numbers.count(Math.round(last)), 9, Drawing.Anchor.END, FAINT, false);
        drawing.path(x, y, colour, 1.6);
        double end = series.values().get(series.values().size() - 1);
        drawing.text(WIDTH - RIGHT, 12, "last " + label(end, share), 10, Drawing.Anchor.END, colour, true);
        return drawing.finish();
    }

    private static String label(double value, boolean share) {
        return share ? Numbers.fixed(100 * value, 0) + "%" : Numbers.compact(value);
    }

    private static double span(double value, double low, double high) {
        return high > low ? (value - low) / (high - low) : 0.5;
    }

    /** At most {@value #POINTS} points, each the mean of its neighbours; values that are not finite are left out. */
    private static List<double[]> thin(TrainingCurve.Series series) {
        List<double[]> finite = new ArrayList<>();
        for (int i = 0; i < series.values().size(); i++) {
            if (Double.isFinite(series.values().get(i))) {
                finite.add(new double[] {series.steps().get(i), series.values().get(i)});
            }
        }
        int group = (finite.size() + POINTS - 1) / POINTS;
        if (group <= 1) {
            return finite;
        }
        List<double[]> thin = new ArrayList<>();
        for (int from = 0; from < finite.size(); from += group) {
            List<double[]> part = finite.subList(from, Math.min(finite.size(), from + group));
            thin.add(new double[] {
                part.stream().mapToDouble(p -> p[0]).average().orElseThrow(),
                part.stream().mapToDouble(p -> p[1]).average().orElseThrow()
            });
        }
        return thin;
    }
}
