package io.redrl.report;

import io.redrl.base.Json;
import io.redrl.evaluation.ClassNames;
import io.redrl.saliency.FilterLayout;
import io.redrl.saliency.SaliencyProfile;
import java.awt.image.BufferedImage;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The saliency profiles of one victim, one panel per kind of image (the paper's Figures 5 and 8 to 15). From left to
 * right stand the filters, layer after layer. Networks have more filters than a figure has columns: a column then shows
 * the span of its filters, so that no peak is lost.
 */
final class ProfileFigure {
    /** The figure's width in user units. */
    static final double WIDTH = 720;

    private static final int COLUMNS = 960;
    private static final double LEFT = 44;
    private static final double RIGHT = 8;
    private static final double HEAD = 30;
    private static final double FOOT = 40;
    private static final double TITLE = 16;
    private static final double PANEL = 66;
    private static final double GAP = 8;
    private static final double LABEL = 9;

    /** Layers nearer than this are not told apart by lines. */
    private static final double NEAREST_LINES = 3;

    /** A band of standard errors thinner than this cannot be seen. */
    private static final double THINNEST_BAND = 0.3;

    private static final String INK = "#1f2430";
    private static final String FAINT = "#6b7280";
    private static final String LINE = "#124a86";
    private static final String BAND = "#b4c8de";
    private static final String SHADE = "#f3f4f7";
    private static final String LAYER = "#dcdfe5";
    private static final String GROUP = "#a3aab6";

    private final List<SaliencyProfile> profiles;
    private final boolean comparable;
    private final FilterLayout layout;
    private final FilterColumns columns;
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
        columns = FilterColumns.of(layout, COLUMNS);
        groups = LayerGroups.of(layout, WIDTH - LEFT - RIGHT, LABEL);
    }

    /** The figure's height in user units. */
    double height() {
        return HEAD + profiles.size() * (TITLE + PANEL + GAP) + FOOT;
    }

    /** The figure as SVG. */
    String svg() {
        SvgDrawing drawing = new SvgDrawing(WIDTH, height(), "Saliency profiles of " + victim() + ", " + axes());
        draw(drawing);
        return drawing.finish();
    }

    /** The figure as pixels. */
    BufferedImage image() {
        ImageDrawing drawing = new ImageDrawing(WIDTH, height());
        draw(drawing);
        return drawing.finish();
    }

    /** Draws the figure with its upper left corner at the origin. */
    void draw(Drawing drawing) {
        drawing.text(LEFT, 13, victim(), 12, Drawing.Anchor.START, INK, true);
        drawing.text(
                LEFT,
                25,
                "mean saliency of each filter in standard deviations, " + axes(),
                LABEL,
                Drawing.Anchor.START,
                FAINT,
                false);
        Range common = profiles.stream().map(Range::of).reduce(Range::and).orElseThrow();
        for (int i = 0; i < profiles.size(); i++) {
            panel(drawing, profiles.get(i), top(i), comparable ? common : Range.of(profiles.get(i)));
        }
        foot(drawing, top(profiles.size() - 1) + PANEL);
    }

    /**
     * What the page's script needs to name what is under the pointer: the geometry, the layers, and the largest and the
     * smallest value in each column to four digits. Both kinds of axes have the same.
     */
    String data() {
        return Json.line(new Data(
                LEFT,
                WIDTH - RIGHT,
                WIDTH,
                PANEL,
                IntStream.range(0, profiles.size()).mapToObj(ProfileFigure::top).toList(),
                layout.layers().stream().map(FilterLayout.Layer::name).toList(),
                IntStream.rangeClosed(0, layout.layers().size())
                        .mapToObj(layout::offset)
                        .toList(),
                IntStream.rangeClosed(0, columns.count())
                        .mapToObj(columns::start)
                        .toList(),
                profiles.stream().map(p -> rounded(columns.highest(p.mean()))).toList(),
                profiles.stream().map(p -> rounded(columns.lowest(p.mean()))).toList()));
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

    private String victim() {
        return profiles.get(0).victim();
    }

    private String axes() {
        return comparable ? "one axis for all panels" : "each panel with its own axis";
    }

    private static double top(int panel) {
        return HEAD + panel * (TITLE + PANEL + GAP) + TITLE;
    }

    private double x(int filter) {
        return LEFT + (WIDTH - LEFT - RIGHT) * filter / layout.filters();
    }

    private void panel(Drawing drawing, SaliencyProfile profile, double top, Range range) {
        double bottom = top + PANEL;
        String title = ClassNames.label(profile.attack());
        drawing.text(LEFT, top - 4, title, 10.5, Drawing.Anchor.START, INK, true);
        String images = Numbers.count(profile.images()) + (profile.images() == 1 ? " image" : " images");
        drawing.text(LEFT + 68, top - 4, images, LABEL, Drawing.Anchor.START, FAINT, false);
        layers(drawing, top, bottom);
        for (double tick : range.ticks()) {
            double y = bottom - range.share(tick) * PANEL;
            drawing.line(LEFT - 3, y, LEFT, y, GROUP, 0.6);
            drawing.text(LEFT - 5, y + 3, Numbers.significant(tick, 3), LABEL - 0.5, Drawing.Anchor.END, FAINT, false);
        }
        band(drawing, profile, range, bottom);
        double[] high = columns.highest(profile.mean());
        double[] low = columns.lowest(profile.mean());
        drawing.path(steps(), heights(high, low, range, bottom), LINE, columns.count() > COLUMNS / 3 ? 0.6 : 0.9);
        double zero = bottom - range.share(0) * PANEL;
        drawing.line(LEFT, zero, WIDTH - RIGHT, zero, GROUP, 0.6);
        drawing.line(LEFT, top, LEFT, bottom, GROUP, 0.6);
    }

    /** Every other group shaded, thin lines between layers. */
    private void layers(Drawing drawing, double top, double bottom) {
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
    }

    private void band(Drawing drawing, SaliencyProfile profile, Range range, double bottom) {
        double widest =
                profile.standardError().stream().mapToDouble(e -> e).max().orElse(0);
        if (2 * widest * PANEL / (range.high() - range.low()) < THINNEST_BAND) {
            return;
        }
        double[] x = steps();
        double[] upper = columns.highest(errors(profile, 1));
        double[] lower = columns.lowest(errors(profile, -1));
        double[] above = heights(upper, upper, range, bottom);
        double[] below = heights(lower, lower, range, bottom);
        int points = x.length;
        double[] aroundX = new double[2 * points];
        double[] aroundY = new double[2 * points];
        for (int i = 0; i < points; i++) {
            aroundX[i] = x[i];
            aroundY[i] = above[i];
            aroundX[2 * points - 1 - i] = x[i];
            aroundY[2 * points - 1 - i] = below[i];
        }
        drawing.area(aroundX, aroundY, BAND);
    }

    private static List<Double> errors(SaliencyProfile profile, int sign) {
        return IntStream.range(0, profile.mean().size())
                .mapToObj(i ->
                        profile.mean().get(i) + sign * profile.standardError().get(i))
                .toList();
    }

    /** The left and the right edge of each column. */
    private double[] steps() {
        return IntStream.range(0, 2 * columns.count())
                .mapToDouble(i -> x(columns.start((i + 1) / 2)))
                .toArray();
    }

    /** One value at the left edge of each column, another at its right. */
    private static double[] heights(double[] left, double[] right, Range range, double bottom) {
        return IntStream.range(0, 2 * left.length)
                .mapToDouble(i -> bottom - range.share(i % 2 == 0 ? left[i / 2] : right[i / 2]) * PANEL)
                .toArray();
    }

    private void foot(Drawing drawing, double bottom) {
        double unit = (WIDTH - LEFT - RIGHT) / layout.filters();
        for (LayerGroups.Group group : groups) {
            double from = x(group.from());
            double to = x(group.to());
            drawing.line(from, bottom, from, bottom + 5, GROUP, 0.6);
            if (LayerGroups.fits(group, unit, LABEL)) {
                drawing.text((from + to) / 2, bottom + 13, group.name(), LABEL, Drawing.Anchor.MIDDLE, INK, false);
            }
        }
        drawing.line(WIDTH - RIGHT, bottom, WIDTH - RIGHT, bottom + 5, GROUP, 0.6);
        boolean errors =
                profiles.stream().anyMatch(p -> p.standardError().stream().anyMatch(e -> e > 0));
        String filters = Numbers.count(layout.filters()) + " filters of "
                + layout.layers().size()
                + " convolutions in their order, in each the most salient first"
                + (errors ? "; band: ± 1 standard error" : "");
        drawing.text(LEFT, bottom + 30, filters, LABEL, Drawing.Anchor.START, FAINT, false);
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
