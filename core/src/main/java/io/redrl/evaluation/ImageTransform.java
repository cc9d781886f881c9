package io.redrl.evaluation;

import io.redrl.attack.JpegSpec;
import io.redrl.data.ImageShape;
import io.redrl.data.PixelCodec;
import io.redrl.data.Scaling;
import io.redrl.tensor.Scopes;
import io.redrl.tensor.Tensors;

/** What happens to images on their way from whoever attacked them: nobody means harm, and the attack's trace may go. */
public enum ImageTransform {
    /** To a PNG file and back: changes nothing, or the program is wrong. */
    PNG("PNG"),
    /** To a JPEG file of quality 95 and back. */
    JPEG_95("JPEG 95"),
    /** To a JPEG file of quality 90 and back. */
    JPEG_90("JPEG 90"),
    /** To a JPEG file of quality 75 and back. */
    JPEG_75("JPEG 75"),
    /** One pixel to the right; the first column stays as it was. */
    SHIFT("shifted by one pixel"),
    /** To twice the size and back, each time with the triangle filter of {@link Scaling}. */
    RESIZE_UP("to twice the size and back"),
    /** To three quarters of the size and back. */
    RESIZE_DOWN("to 3/4 of the size and back");

    private final String label;

    ImageTransform(String label) {
        this.label = label;
    }

    /** Its name in tables. */
    public String label() {
        return label;
    }

    /**
     * A transformed image.
     *
     * @param pixels unsigned grey levels {@code [3,H,W]}; not modified
     * @return unsigned grey levels {@code [3,H,W]} of the same size
     */
    public byte[] of(byte[] pixels, ImageShape shape) {
        return switch (this) {
            case PNG -> PixelCodec.decode(PixelCodec.png(pixels, shape), "a PNG made here", shape);
            case JPEG_95 -> jpeg(95, pixels, shape);
            case JPEG_90 -> jpeg(90, pixels, shape);
            case JPEG_75 -> jpeg(75, pixels, shape);
            case SHIFT -> shifted(pixels, shape);
            case RESIZE_UP -> resized(pixels, shape, 2);
            case RESIZE_DOWN -> resized(pixels, shape, 0.75);
        };
    }

    private static byte[] jpeg(int quality, byte[] pixels, ImageShape shape) {
        return Scopes.valued(() -> Tensors.greyLevels(new JpegSpec(quality)
                .roundTrip(Tensors.pixels(pixels, 1, shape.channels(), shape.height(), shape.width()))));
    }

    private static byte[] shifted(byte[] pixels, ImageShape shape) {
        byte[] moved = new byte[pixels.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = pixels[i % shape.width() == 0 ? i : i - 1];
        }
        return moved;
    }

    private static byte[] resized(byte[] pixels, ImageShape shape, double factor) {
        ImageShape between = new ImageShape(
                shape.channels(), Math.max(1, (int) Math.round(factor * shape.height())), Math.max(1, (int)
                        Math.round(factor * shape.width())));
        return Scaling.scaled(Scaling.scaled(pixels, shape, between), between, shape);
    }
}
