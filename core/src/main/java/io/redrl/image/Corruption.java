package io.redrl.image;

/** Corruption of an image on its way from whoever attacked it: nobody means harm, and the attack's trace may go. */
public enum Corruption {
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

    Corruption(String label) {
        this.label = label;
    }

    /** Its name in tables. */
    public String label() {
        return label;
    }

    /**
     * The image after it, of the same shape.
     *
     * @param image of three channels
     */
    public Image of(Image image) {
        return switch (this) {
            case PNG -> ImageCodec.decode(ImageCodec.png(image), "a PNG made here", image.shape());
            case JPEG_95 -> Corruptions.jpeg(image, 95);
            case JPEG_90 -> Corruptions.jpeg(image, 90);
            case JPEG_75 -> Corruptions.jpeg(image, 75);
            case SHIFT -> Corruptions.shifted(image, 1, 0);
            case RESIZE_UP -> Corruptions.resized(image, 2);
            case RESIZE_DOWN -> Corruptions.resized(image, 0.75);
        };
    }
}
