package io.redrl.attribution;

import io.redrl.image.Image;
import io.redrl.image.ImageShape;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.SplittableRandom;

/** A drawn picture, such as a diagram, a logo or part of a screen: flat areas, gradients, lines, bars like text. */
final class DrawnPicture {
    private DrawnPicture() {}

    /** A picture of {@code side × side} pixels. */
    static Image of(int side, SplittableRandom random) {
        BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = picture.createGraphics();
        g.setRenderingHint(
                RenderingHints.KEY_ANTIALIASING,
                random.nextBoolean() ? RenderingHints.VALUE_ANTIALIAS_ON : RenderingHints.VALUE_ANTIALIAS_OFF);
        background(g, side, random);
        int shapes = random.nextInt(0, 12);
        for (int i = 0; i < shapes; i++) {
            int x = random.nextInt(-side / 4, side);
            int y = random.nextInt(-side / 4, side);
            int width = random.nextInt(1, Math.max(2, side / 2));
            int height = random.nextInt(1, Math.max(2, side / 2));
            g.setColor(colour(random));
            switch (random.nextInt(5)) {
                case 0 -> g.fillRect(x, y, width, height);
                case 1 -> g.fillOval(x, y, width, height);
                case 2 -> {
                    g.setStroke(new BasicStroke(random.nextFloat(0.5f, 4)));
                    g.drawLine(x, y, random.nextInt(side), random.nextInt(side));
                }
                case 3 -> words(g, x, y, side, random);
                default -> {
                    g.setPaint(new GradientPaint(x, y, colour(random), x + width, y + height, colour(random)));
                    g.fillRect(x, y, width, height);
                }
            }
        }
        g.dispose();
        byte[] pixels = new byte[3 * side * side];
        for (int i = 0; i < side * side; i++) {
            int rgb = picture.getRGB(i % side, i / side);
            pixels[i] = (byte) (rgb >> 16);
            pixels[side * side + i] = (byte) (rgb >> 8);
            pixels[2 * side * side + i] = (byte) rgb;
        }
        return new Image(new ImageShape(3, side, side), pixels);
    }

    private static void background(Graphics2D g, int side, SplittableRandom random) {
        if (random.nextInt(3) == 0) {
            g.setPaint(new GradientPaint(
                    random.nextInt(side), 0, colour(random), random.nextInt(side), side, colour(random)));
        } else {
            g.setColor(random.nextInt(3) == 0 ? Color.WHITE : colour(random));
        }
        g.fillRect(0, 0, side, side);
    }

    /** Rows of short bars: what lines of text look like without any font. */
    private static void words(Graphics2D g, int x, int y, int side, SplittableRandom random) {
        int size = random.nextInt(2, 8);
        for (int line = 0; line < random.nextInt(1, 6); line++) {
            int at = Math.max(0, x);
            while (at < side) {
                int width = random.nextInt(1, 1 + size);
                g.fillRect(at, y + 2 * size * line, width, random.nextInt(1, 1 + size));
                at += width + random.nextInt(1, 2 + size / 2);
            }
        }
    }

    private static Color colour(SplittableRandom random) {
        return new Color(random.nextInt(1 << 24));
    }
}
