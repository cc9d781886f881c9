package io.redrl.report;

import gg.jte.html.escape.Escape;
import gg.jte.output.StringOutput;
import io.redrl.image.Image;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.PathIterator;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A vector drawing: SVG for a page and pixels for a file, from the same calls. Colours are {@code #rrggbb}, lengths are in user
 * units, y grows downwards. SVG needs no fonts; {@link #pixels} does where there is text.
 */
final class Drawing {
    static final String INK = "#1f2430";
    static final String FAINT = "#6b7280";
    static final String GRID = "#e5e7eb";
    static final String AXIS = "#9ca3af";
    static final String BLUE = "#124a86";
    static final String AMBER = "#a14a12";

    /** Pixels to a unit, so that figures stay sharp on paper. */
    static final int SCALE = 3;

    private final double width;
    private final double height;
    private final String title;
    private final List<Stroke> strokes = new ArrayList<>();

    /**
     * An empty sheet.
     *
     * @param title what a reader who cannot see it is told
     */
    Drawing(double width, double height, String title) {
        this.width = width;
        this.height = height;
        this.title = title;
    }

    /** One thing drawn, in both ways. */
    private record Stroke(Supplier<String> svg, Consumer<Graphics2D> paint) {}

    /**
     * How text looks.
     *
     * @param size of the letters
     * @param anchor which point of the text is at the given place: {@code start}, {@code middle} or {@code end}
     * @param colour of the letters
     * @param bold whether they are
     */
    record Letters(double size, String anchor, String colour, boolean bold) {
        static Letters of(double size) {
            return new Letters(size, "start", INK, false);
        }

        Letters middle() {
            return new Letters(size, "middle", colour, bold);
        }

        Letters end() {
            return new Letters(size, "end", colour, bold);
        }

        Letters in(String other) {
            return new Letters(size, anchor, other, bold);
        }

        Letters faint() {
            return in(FAINT);
        }

        Letters bolder() {
            return new Letters(size, anchor, colour, true);
        }

        private void write(Graphics2D g, String text, double x, double y) {
            Font font = new Font(Font.SANS_SERIF, bold ? Font.BOLD : Font.PLAIN, 1).deriveFont((float) size);
            double length = font.getStringBounds(text, g.getFontRenderContext()).getWidth();
            double before = anchor.equals("start") ? 0 : anchor.equals("middle") ? length / 2 : length;
            g.setColor(Color.decode(colour));
            g.setFont(font);
            g.drawString(text, (float) (x - before), (float) y);
        }
    }

    /** A filled rectangle. */
    void rectangle(double x, double y, double wide, double high, String colour) {
        fill(new Rectangle2D.Double(x, y, wide, high), colour);
    }

    /** A straight line. */
    void line(double x1, double y1, double x2, double y2, String colour, double thickness) {
        stroke(new Line2D.Double(x1, y1, x2, y2), colour, thickness);
    }

    /** A line through points. */
    void path(double[] x, double[] y, String colour, double thickness) {
        stroke(through(x, y), colour, thickness);
    }

    /** A filled shape with straight edges through points. */
    void area(double[] x, double[] y, String colour) {
        Path2D shape = through(x, y);
        shape.closePath();
        fill(shape, colour);
    }

    /** Text on the base line {@code y}. */
    void text(double x, double y, String text, Letters letters) {
        add(
                () -> "<text" + attributes("x", x, "y", y, "font-size", letters.size(), "text-anchor", letters.anchor())
                        + attributes("fill", letters.colour(), "font-weight", letters.bold() ? 600.0 : 400.0) + ">"
                        + escaped(text) + "</text>",
                g -> letters.write(g, text, x, y));
    }

    /** A picture {@code wide} units wide, with hard pixel edges where it is enlarged. */
    void picture(double x, double y, double wide, Image picture) {
        double high = wide * picture.height() / picture.width();
        add(
                () -> "<image" + attributes("x", x, "y", y, "width", wide, "height", high, "href", Png.dataUri(picture))
                        + "/>",
                g -> {
                    g.setRenderingHint(
                            RenderingHints.KEY_INTERPOLATION,
                            picture.width() > wide * SCALE
                                    ? RenderingHints.VALUE_INTERPOLATION_BILINEAR
                                    : RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
                    g.drawImage(Png.image(picture, 1), (int) x, (int) y, (int) wide, (int) high, null);
                });
    }

    private void fill(Shape shape, String colour) {
        add(() -> "<path" + attributes("d", steps(shape), "fill", colour) + "/>", g -> {
            g.setColor(Color.decode(colour));
            g.fill(shape);
        });
    }

    private void stroke(Shape shape, String colour, double thickness) {
        add(
                () -> "<path"
                        + attributes("d", steps(shape), "fill", "none", "stroke", colour, "stroke-width", thickness)
                        + " stroke-linejoin=\"round\"/>",
                g -> {
                    g.setColor(Color.decode(colour));
                    g.setStroke(new BasicStroke((float) thickness, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND));
                    g.draw(shape);
                });
    }

    private void add(Supplier<String> svg, Consumer<Graphics2D> paint) {
        strokes.add(new Stroke(svg, paint));
    }

    /** The drawing as SVG, which may stand in a page or in a file. */
    String svg() {
        return strokes.stream()
                .map(stroke -> stroke.svg().get())
                .collect(Collectors.joining(
                        "",
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\" viewBox=\"0 0 "
                                + number(width) + " " + number(height) + "\" role=\"img\" aria-label=\""
                                + escaped(title) + "\">",
                        "</svg>"));
    }

    /** The drawing on white, {@value #SCALE} pixels to a unit. */
    BufferedImage pixels() {
        BufferedImage image = new BufferedImage(
                (int) Math.ceil(width * SCALE), (int) Math.ceil(height * SCALE), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.scale(SCALE, SCALE);
        strokes.forEach(stroke -> stroke.paint().accept(graphics));
        graphics.dispose();
        return image;
    }

    private static String escaped(String text) {
        StringOutput safe = new StringOutput();
        Escape.htmlAttribute(text, safe);
        return safe.toString();
    }

    /** Names and values, which are numbers or need no escape. */
    private static String attributes(Object... attributes) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < attributes.length; i += 2) {
            Object value = attributes[i + 1] instanceof Double number ? number(number) : attributes[i + 1];
            out.append(' ').append(attributes[i]).append("=\"").append(value).append('"');
        }
        return out.toString();
    }

    private static Path2D through(double[] x, double[] y) {
        Path2D path = new Path2D.Double();
        path.moveTo(x[0], y[0]);
        for (int i = 1; i < x.length; i++) {
            path.lineTo(x[i], y[i]);
        }
        return path;
    }

    /** What SVG calls a shape of straight edges. */
    private static String steps(Shape shape) {
        StringBuilder steps = new StringBuilder();
        double[] to = new double[6];
        for (PathIterator edges = shape.getPathIterator(null); !edges.isDone(); edges.next()) {
            int kind = edges.currentSegment(to);
            String point = number(to[0]) + "," + number(to[1]);
            steps.append(
                    kind == PathIterator.SEG_CLOSE ? "z" : kind == PathIterator.SEG_MOVETO ? "M" + point : "L" + point);
        }
        return steps.toString();
    }

    private static String number(double value) {
        double rounded = Math.rint(value * 100) / 100;
        return rounded == Math.rint(rounded) ? Long.toString((long) rounded) : Double.toString(rounded);
    }
}
