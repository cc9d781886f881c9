package io.redrl.report;

import io.redrl.base.Json;
import io.redrl.evaluation.ClassNames;
import io.redrl.report.Drawing.Letters;
import io.redrl.saliency.FilterLayout;
import io.redrl.saliency.SaliencyProfile;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.IntToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The saliency profiles of one victim, one panel per kind of image (the paper's Figures 5 and 8 to 15). From left to
 * right stand the filters, layer after layer. Networks have more filters than a figure has columns: a column then shows
 * the span of its filters, so that no peak is lost.
 */
final class ProfileFigure {
    private static final int COLUMNS = 960;
    private static final double WIDTH = 720;
    private static final double LEFT = 44;
    private static final double RIGHT = WIDTH - 8;
    private static final double HEAD = 30;
    private static final double FOOT = 40;
    private static final double TITLE = 16;
    private static final double PANEL = 66;
    private static final double GAP = 8;
    private static final Letters LABEL = Letters.of(9);

    /** Layers nearer than this are not told apart by lines. */
    private static final double NEAREST_LINES = 3;

    /** A band of standard errors thinner than this cannot be seen. */
    private static final double THINNEST_BAND = 0.3;

    private static final String BAND = "#b4c8de";
    private static final String SHADE = "#f3f4f7";
    private static final String LAYER = "#dcdfe5";
    private static final String GROUP = "#a3aab6";

    private final List<SaliencyProfile> profiles;
    private final boolean comparable;
    private final FilterLayout layout;

    /** The first filter of each column, then the number of filters. */
    private final List<Integer> columns;

    private final List<LayerGroups.Group> groups;

    /**
     * Lays out a figure.
     *
     * @param profiles of one victim and one layout, at least one; drawn in the order of the classes
     * @param comparable whether all panels have one vertical axis, or each its own
     */
    ProfileFigure(List<SaliencyProfile> profiles, boolean comparable) {
        this.profiles = ClassNames.inOrder(profiles.stream().map(SaliencyProfile::attack)).stream()
                .flatMap(attack -> profiles.stream().filter(p -> p.attack().equals(attack)))
                .toList();
        this.comparable = comparable;
        layout = profiles.get(0).layout();
        columns = columns(layout);
        groups = LayerGroups.of(layout, RIGHT - LEFT, LABEL.size());
    }

    /** Columns are one filter, or neighbours of one layer; every layer has some, by its filters. */
    static List<Integer> columns(FilterLayout layout) {
        List<Integer> starts = new ArrayList<>();
        for (int l = 0; l < layout.layers().size(); l++) {
            int filters = layout.layers().get(l).filters();
            int count = Math.min(filters, (int) Math.ceil((double) filters * COLUMNS / layout.filters()));
            for (int i = 0; i < count; i++) {
                starts.add(layout.offset(l) + (int) ((long) i * filters / count));
            }
        }
        starts.add(layout.filters());
        return starts;
    }

    /** The largest of each column's values, or by {@code Math::min} the smallest. */
    private double[] columns(List<Double> values, DoubleBinaryOperator choice) {
        return IntStream.range(1, columns.size())
                .mapToDouble(i -> values.subList(columns.get(i - 1), columns.get(i)).stream()
                        .mapToDouble(v -> v)
                        .reduce(choice)
                        .orElseThrow())
                .toArray();
    }

    /** The figure. */
    Drawing drawing() {
        String victim = profiles.get(0).victim();
        String axes = comparable ? "one axis for all panels" : "each panel with its own axis";
        double bottom = top(profiles.size() - 1) + PANEL;
        Drawing drawing = new Drawing(WIDTH, bottom + GAP + FOOT, "Saliency profiles of " + victim + ", " + axes);
        drawing.text(LEFT, 13, victim, Letters.of(12).bolder());
        drawing.text(LEFT, 25, "mean saliency of each filter in standard deviations, " + axes, LABEL.faint());
        Range common = profiles.stream().map(Range::of).reduce(Range::and).orElseThrow();
        for (int i = 0; i < profiles.size(); i++) {
            panel(drawing, profiles.get(i), top(i), comparable ? common : Range.of(profiles.get(i)));
        }
        foot(drawing, bottom);
        return drawing;
    }

    /**
     * What the page's script needs to name what is under the pointer: the geometry, the layers, and the largest and the
     * smallest value in each column to four digits. Both kinds of axes have the same.
     */
    String data() {
        return Json.line(new Data(
                LEFT,
                RIGHT,
                WIDTH,
                PANEL,
                IntStream.range(0, profiles.size()).mapToObj(ProfileFigure::top).toList(),
                layout.layers().stream().map(FilterLayout.Layer::name).toList(),
                IntStream.rangeClosed(0, layout.layers().size())
                        .mapToObj(layout::offset)
                        .toList(),
                columns,
                profiles.stream()
                        .map(p -> rounded(columns(p.mean(), Math::max)))
                        .toList(),
                profiles.stream()
                        .map(p -> rounded(columns(p.mean(), Math::min)))
                        .toList()));
    }

    /** Read by {@code report.js}; offsets are of layers, starts of columns, both with the number of filters last. */
    private record Data(
            double left,
            double right,
            double width,
            double panel,
            List<Double> tops,
            List<String> layers,
            List<Integer> offsets,
            List<Integer> starts,
            List<List<Double>> highest,
            List<List<Double>> lowest) {}

    private static List<Double> rounded(double[] values) {
        return Arrays.stream(values)
                .mapToObj(v -> BigDecimal.valueOf(v).round(new MathContext(4)).doubleValue())
                .toList();
    }

    private static double top(int panel) {
        return HEAD + panel * (TITLE + PANEL + GAP) + TITLE;
    }

    private double x(int filter) {
        return LEFT + (RIGHT - LEFT) * filter / layout.filters();
    }

    private void panel(Drawing drawing, SaliencyProfile profile, double top, Range range) {
        double bottom = top + PANEL;
        drawing.text(
                LEFT,
                top - 4,
                ClassNames.label(profile.attack()),
                Letters.of(10.5).bolder());
        drawing.text(LEFT + 68, top - 4, Numbers.of(profile.images(), "image"), LABEL.faint());
        for (int i = 0; i < groups.size(); i += 2) {
            double from = x(groups.get(i).from());
            drawing.rectangle(from, top, x(groups.get(i).to()) - from, PANEL, SHADE);
        }
        double last = LEFT;
        for (int i = 1; i < layout.layers().size(); i++) {
            double x = x(layout.offset(i));
            if (x - last >= NEAREST_LINES) {
                drawing.line(x, top, x, bottom, LAYER, 0.5);
                last = x;
            }
        }
        for (double tick : range.ticks()) {
            double y = bottom - range.share(tick) * PANEL;
            drawing.line(LEFT - 3, y, LEFT, y, GROUP, 0.6);
            drawing.text(
                    LEFT - 5,
                    y + 3,
                    Numbers.significant(tick, 3),
                    Letters.of(8.5).end().faint());
        }
        band(drawing, profile, range, bottom);
        double[] high = columns(profile.mean(), Math::max);
        double[] low = columns(profile.mean(), Math::min);
        // A column goes from its highest value at the left to its lowest at the right: filters fall within a layer.
        double[] y = heights(i -> i % 2 == 0 ? high[i / 2] : low[i / 2], range, bottom);
        drawing.path(steps(), y, Drawing.BLUE, columns.size() > COLUMNS / 3 ? 0.6 : 0.9);
        double zero = bottom - range.share(0) * PANEL;
        drawing.line(LEFT, zero, RIGHT, zero, GROUP, 0.6);
        drawing.line(LEFT, top, LEFT, bottom, GROUP, 0.6);
    }

    private void band(Drawing drawing, SaliencyProfile profile, Range range, double bottom) {
        double widest =
                profile.standardError().stream().mapToDouble(e -> e).max().orElse(0);
        if (2 * widest * PANEL / (range.high() - range.low()) < THINNEST_BAND) {
            return;
        }
        double[] upper = columns(errors(profile, 1), Math::max);
        double[] lower = columns(errors(profile, -1), Math::min);
        double[] x = steps();
        double[] above = heights(i -> upper[i / 2], range, bottom);
        double[] below = heights(i -> lower[i / 2], range, bottom);
        drawing.area(thereAndBack(x, x), thereAndBack(above, below), BAND);
    }

    private static double[] thereAndBack(double[] there, double[] back) {
        int n = there.length;
        return IntStream.range(0, 2 * n)
                .mapToDouble(i -> i < n ? there[i] : back[2 * n - 1 - i])
                .toArray();
    }

    private static List<Double> errors(SaliencyProfile profile, int sign) {
        return IntStream.range(0, profile.mean().size())
                .mapToObj(i ->
                        profile.mean().get(i) + sign * profile.standardError().get(i))
                .toList();
    }

    /** The left and the right edge of each column. */
    private double[] steps() {
        return IntStream.range(0, 2 * columns.size() - 2)
                .mapToDouble(i -> x(columns.get((i + 1) / 2)))
                .toArray();
    }

    /** Where values at the edges of {@link #steps} are drawn. */
    private double[] heights(IntToDoubleFunction values, Range range, double bottom) {
        return IntStream.range(0, 2 * columns.size() - 2)
                .mapToDouble(i -> bottom - range.share(values.applyAsDouble(i)) * PANEL)
                .toArray();
    }

    private void foot(Drawing drawing, double bottom) {
        double unit = (RIGHT - LEFT) / layout.filters();
        for (LayerGroups.Group group : groups) {
            double from = x(group.from());
            drawing.line(from, bottom, from, bottom + 5, GROUP, 0.6);
            if (LayerGroups.fits(group, unit, LABEL.size())) {
                drawing.text((from + x(group.to())) / 2, bottom + 13, group.name(), LABEL.middle());
            }
        }
        drawing.line(RIGHT, bottom, RIGHT, bottom + 5, GROUP, 0.6);
        boolean errors =
                profiles.stream().anyMatch(p -> p.standardError().stream().anyMatch(e -> e > 0));
        String filters = Numbers.count(layout.filters()) + " filters of "
                + layout.layers().size()
                + " convolutions in their order, in each the most salient first"
                + (errors ? "; band: ± 1 standard error" : "");
        drawing.text(LEFT, bottom + 30, filters, LABEL.faint());
    }

    /** The values that an axis spans; zero is always among them. */
    private record Range(double low, double high) {
        static Range of(SaliencyProfile profile) {
            double low = errors(profile, -1).stream().mapToDouble(v -> v).min().orElse(0);
            double high = errors(profile, 1).stream().mapToDouble(v -> v).max().orElse(0);
            return new Range(Math.min(0, low), high <= 0 && low >= 0 ? 1 : Math.max(0, high));
        }

        Range and(Range other) {
            return new Range(Math.min(low, other.low), Math.max(high, other.high));
        }

        /** 0 for the lowest, 1 for the highest value. */
        double share(double value) {
            return (value - low) / (high - low);
        }

        /** Two to five round numbers. */
        double[] ticks() {
            double rough = (high - low) / 4;
            double power = Math.pow(10, Math.floor(Math.log10(rough)));
            double step = power
                    * DoubleStream.of(1, 2, 2.5, 5, 10)
                            .filter(s -> s * power >= rough)
                            .findFirst()
                            .orElse(10);
            return IntStream.rangeClosed((int) Math.ceil(low / step - 1e-9), (int) Math.floor(high / step + 1e-9))
                    .mapToDouble(i -> i * step)
                    .toArray();
        }
    }
}
