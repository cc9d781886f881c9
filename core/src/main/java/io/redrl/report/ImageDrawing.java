package io.redrl.report;

import io.redrl.image.Image;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;

/** Draws pixels, three for each unit of length and width, so that figures stay sharp on paper. */
final class ImageDrawing implements Drawing {
    static final int SCALE = 3;
    private final BufferedImage image;
    private final Graphics2D graphics;

    /** A white sheet of {@code width × height} units. */
    ImageDrawing(double width, double height) {
        image = new BufferedImage(
                (int) Math.ceil(width * SCALE), (int) Math.ceil(height * SCALE), BufferedImage.TYPE_INT_RGB);
        graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.scale(SCALE, SCALE);
    }

    @Override
    public void rectangle(double x, double y, double width, double height, String fill) {
        graphics.setColor(Color.decode(fill));
        graphics.fill(new Rectangle2D.Double(x, y, width, height));
    }

    @Override
    public void line(double x1, double y1, double x2, double y2, String colour, double width) {
        graphics.setColor(Color.decode(colour));
        graphics.setStroke(new BasicStroke((float) width));
        graphics.draw(new Line2D.Double(x1, y1, x2, y2));
    }

    @Override
    public void path(double[] x, double[] y, String colour, double width) {
        graphics.setColor(Color.decode(colour));
        graphics.setStroke(new BasicStroke((float) width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        graphics.draw(through(x, y));
    }

    @Override
    public void area(double[] x, double[] y, String fill) {
        graphics.setColor(Color.decode(fill));
        graphics.fill(through(x, y));
    }

    private static Path2D through(double[] x, double[] y) {
        Path2D path = new Path2D.Double();
        for (int i = 0; i < x.length; i++) {
            if (i == 0) {
                path.moveTo(x[i], y[i]);
            } else {
                path.lineTo(x[i], y[i]);
            }
        }
        return path;
    }

    @Override
    public void text(double x, double y, String text, double size, Anchor anchor, String colour, boolean bold) {
        graphics.setColor(Color.decode(colour));
        graphics.setFont(new Font(Font.SANS_SERIF, bold ? Font.BOLD : Font.PLAIN, 1).deriveFont((float) size));
        double length = graphics.getFont()
                .getStringBounds(text, graphics.getFontRenderContext())
                .getWidth();
        double start = anchor == Anchor.START ? x : anchor == Anchor.MIDDLE ? x - length / 2 : x - length;
        graphics.drawString(text, (float) start, (float) y);
    }

    /** A picture {@code size} units wide, with hard pixel edges where it is enlarged. */
    void picture(double x, double y, double size, Image picture) {
        graphics.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION,
                picture.width() > size * SCALE
                        ? RenderingHints.VALUE_INTERPOLATION_BILINEAR
                        : RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        double height = size * picture.height() / picture.width();
        graphics.drawImage(Png.image(picture, 1), (int) x, (int) y, (int) size, (int) height, null);
    }

    /** The finished picture. */
    BufferedImage finish() {
        graphics.dispose();
        return image;
    }
}
