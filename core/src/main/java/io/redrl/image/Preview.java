package io.redrl.image;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Checks;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/** Picture made while training: rows of images, enlarged, in one PNG. */
public final class Preview {
    private static final int ZOOM = 4;
    private static final int GAP = 4;

    private Preview() {}

    /**
     * Writes the picture.
     *
     * @param rows of as many images each, all of three channels and one size
     */
    public static void write(Path file, List<List<Image>> rows) {
        ImageShape shape = rows.get(0).get(0).shape();
        int columns = rows.get(0).size();
        int height = shape.height();
        int width = shape.width();
        int cellHeight = height * ZOOM + GAP;
        int cellWidth = width * ZOOM + GAP;
        BufferedImage picture = new BufferedImage(
                columns * cellWidth + GAP, rows.size() * cellHeight + GAP, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
        for (int row = 0; row < rows.size(); row++) {
            Checks.require(rows.get(row).size() == columns, "row %d of the preview has another length", row);
            for (int column = 0; column < columns; column++) {
                Image image = rows.get(row).get(column);
                Checks.require(image.shape().equals(shape), "row %d of the preview has an image of another size", row);
                graphics.drawImage(
                        ImageCodec.toImage(image),
                        GAP + column * cellWidth,
                        GAP + row * cellHeight,
                        width * ZOOM,
                        height * ZOOM,
                        null);
            }
        }
        graphics.dispose();
        AtomicFiles.write(file, out -> ImageIO.write(picture, "png", out));
    }
}
