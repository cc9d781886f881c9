package io.redrl.report;

import io.redrl.image.Image;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/** Pictures as PNG. */
final class Png {
    private Png() {}

    /** The picture with every pixel {@code scale × scale} large. */
    static BufferedImage image(Image picture, int scale) {
        byte[] levels = picture.pixels();
        int width = picture.width();
        int plane = picture.height() * width;
        BufferedImage image = new BufferedImage(width * scale, picture.height() * scale, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int at = y / scale * width + x / scale;
                int red = levels[at] & 0xff;
                int green = levels[plane + at] & 0xff;
                int blue = levels[2 * plane + at] & 0xff;
                image.setRGB(x, y, red << 16 | green << 8 | blue);
            }
        }
        return image;
    }

    /** PNG bytes. */
    static byte[] bytes(BufferedImage image) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /**
     * The picture as a data URI, with pixels enlarged to about 128 across: viewers and printers that blur what they
     * enlarge then have nothing to blur.
     */
    static String dataUri(Image picture) {
        int scale = Math.max(1, 128 / picture.width());
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes(image(picture, scale)));
    }
}
