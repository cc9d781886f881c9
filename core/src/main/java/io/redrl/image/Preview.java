package io.redrl.image;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Checks;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** An early look while training: rows of images, enlarged, in one PNG. Grey levels come channel by channel. */
public final class Preview {
    private static final int ZOOM = 4;
    private static final int GAP = 4;
    private static final int BACKGROUND = 0xffffff;

    private Preview() {}

    /**
     * Writes the picture.
     *
     * @param rows for each row of the picture {@code columns · 3 · height · width} unsigned grey levels
     */
    public static void write(Path file, byte[][] rows, int columns, int height, int width) {
        int cellHeight = height * ZOOM + GAP;
        int cellWidth = width * ZOOM + GAP;
        BufferedImage image = new BufferedImage(
                columns * cellWidth + GAP, rows.length * cellHeight + GAP, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, BACKGROUND);
            }
        }
        int plane = height * width;
        for (int row = 0; row < rows.length; row++) {
            Checks.require(rows[row].length == columns * 3 * plane, "row %d of the strip has another size", row);
            for (int column = 0; column < columns; column++) {
                for (int y = 0; y < height * ZOOM; y++) {
                    for (int x = 0; x < width * ZOOM; x++) {
                        int at = column * 3 * plane + (y / ZOOM) * width + x / ZOOM;
                        int rgb = ((rows[row][at] & 0xff) << 16)
                                | ((rows[row][at + plane] & 0xff) << 8)
                                | (rows[row][at + 2 * plane] & 0xff);
                        image.setRGB(GAP + column * cellWidth + x, GAP + row * cellHeight + y, rgb);
                    }
                }
            }
        }
        AtomicFiles.write(file, out -> ImageIO.write(image, "png", out));
    }
}
