package io.redrl.image;

import java.util.Locale;
import java.util.Optional;

/** File formats of images that are read here. */
public enum ImageFormat {
    /** Portable Network Graphics: without loss. */
    PNG,
    /** Joint Photographic Experts Group: with loss. */
    JPEG,
    /** Graphics Interchange Format: 256 colours, perhaps moving. */
    GIF,
    /** Windows bitmap. */
    BMP;

    /** All of them, for messages. */
    public static final String NAMES = "PNG, JPEG, GIF or BMP";

    /** The format of this name or file extension, in small letters or capitals; empty if it is none of them. */
    static Optional<ImageFormat> named(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "png" -> Optional.of(PNG);
            case "jpg", "jpeg" -> Optional.of(JPEG);
            case "gif" -> Optional.of(GIF);
            case "bmp" -> Optional.of(BMP);
            default -> Optional.empty();
        };
    }

    /** Whether a file is named like an image: by its extension. */
    public static boolean isNamedLikeOne(String file) {
        int dot = file.lastIndexOf('.');
        return dot >= 0 && named(file.substring(dot + 1)).isPresent();
    }
}
