package io.redrl.report;

import io.redrl.image.Image;
import io.redrl.image.ImageCodec;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Pictures as PNG. */
final class Png {
    private Png() {}

    /** The picture with every pixel {@code scale × scale} large. */
    static BufferedImage image(Image picture, int scale) {
        BufferedImage small = ImageCodec.toImage(picture);
        if (scale == 1) {
            return small;
        }
        BufferedImage image = new BufferedImage(small.getWidth() * scale, small.getHeight() * scale, small.getType());
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, small.getRGB(x / scale, y / scale));
            }
        }
        return image;
    }

    /** PNG bytes. */
    static byte[] bytes(BufferedImage image) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        // An explicit memory stream: the default one would put the picture into a temporary file.
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
            ImageIO.write(image, "png", stream);
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
