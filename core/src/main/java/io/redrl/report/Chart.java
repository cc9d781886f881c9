package io.redrl.report;

import io.redrl.evaluation.TrainingCurve.Series;
import io.redrl.report.Drawing.Letters;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A small line chart of one series: its range at the left, its last value at the end of the line. */
final class Chart {
    private static final double WIDTH = 230;
    private static final double HEIGHT = 118;
    private static final double LEFT = 36;
    private static final double RIGHT = WIDTH - 14;
    private static final double TOP = 26;
    private static final double BOTTOM = HEIGHT - 18;
    private static final int POINTS = 200;

    private Chart() {}

    /** The chart as SVG; {@code share} series run from 0 to 100 %, others over their own range. */
    static String svg(Series series, boolean share) {
        String colour = share ? Drawing.BLUE : Drawing.AMBER;
        Drawing drawing = new Drawing(WIDTH, HEIGHT, series.name() + " over training");
        drawing.text(0, 12, series.name(), Letters.of(11).bolder());
        List<double[]> points = thin(series);
        if (points.isEmpty()) {
            drawing.text(
                    WIDTH / 2,
                    HEIGHT / 2,
                    "nothing recorded",
                    Letters.of(10).middle().faint());
            return drawing.svg();
        }
        double low = share ? 0 : points.stream().mapToDouble(p -> p[1]).min().orElseThrow();
        double high = share ? 1 : points.stream().mapToDouble(p -> p[1]).max().orElseThrow();
        double first = points.get(0)[0];
        double last = points.get(points.size() - 1)[0];
        drawing.line(LEFT, TOP, RIGHT, TOP, Drawing.GRID, 1);
        drawing.line(LEFT, BOTTOM, RIGHT, BOTTOM, Drawing.AXIS, 1);
        Letters small = Letters.of(9).faint();
        drawing.text(LEFT - 5, TOP + 4, label(high, share), small.end());
        drawing.text(LEFT - 5, BOTTOM + 3, label(low, share), small.end());
        drawing.text(LEFT, HEIGHT - 5, Numbers.count(Math.round(first)), small);
        drawing.text(RIGHT, HEIGHT - 5, Numbers.count(Math.round(last)), small.end());
        drawing.path(
                points.stream()
                        .mapToDouble(p -> LEFT + span(p[0], first, last) * (RIGHT - LEFT))
                        .toArray(),
                points.stream()
                        .mapToDouble(p -> BOTTOM - span(p[1], low, high) * (BOTTOM - TOP))
                        .toArray(),
                colour,
                1.6);
        double end = series.values().get(series.values().size() - 1);
        drawing.text(
                RIGHT,
                12,
                "last " + label(end, share),
                Letters.of(10).end().in(colour).bolder());
        return drawing.svg();
    }

    private static String label(double value, boolean share) {
        return share ? Numbers.fixed(100 * value, 0) + "%" : Numbers.significant(value, 3);
    }

    private static double span(double value, double low, double high) {
        return high > low ? (value - low) / (high - low) : 0.5;
    }

    /** At most {@value #POINTS} points, each the mean of its neighbours; values that are not finite are left out. */
    private static List<double[]> thin(Series series) {
        List<double[]> finite = IntStream.range(0, series.values().size())
                .mapToObj(i ->
                        new double[] {series.steps().get(i), series.values().get(i)})
                .filter(p -> Double.isFinite(p[1]))
                .toList();
        int group = Math.max(1, (finite.size() + POINTS - 1) / POINTS);
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
