package io.redrl.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** File formats of images that are read here. */
public enum ImageFormat {
    /** Portable Network Graphics: without loss. */
    PNG("PNG", "png", "apng"),
    /** Joint Photographic Experts Group: with loss. */
    JPEG("JPEG", "jpg", "jpeg", "jpe", "jfif"),
    /** Graphics Interchange Format: 256 colours, perhaps moving. */
    GIF("GIF", "gif"),
    /** Windows bitmap. */
    BMP("BMP", "bmp", "dib"),
    /** WebP: with loss or without. */
    WEBP("WebP", "webp"),
    /** Tagged Image File Format: nearly anything. */
    TIFF("TIFF", "tif", "tiff");

    /** All of them, for messages. */
    public static final String NAMES = "PNG, JPEG, GIF, BMP, WebP or TIFF";

    private final String title;
    private final String extensions; // between spaces

    ImageFormat(String title, String... extensions) {
        this.title = title;
        this.extensions = " " + String.join(" ", extensions) + " ";
    }

    /** Its name as people write it. */
    public String title() {
        return title;
    }

    /** Whether a file is named like an image: by its extension. */
    public static boolean isNamedLikeOne(String file) {
        String extension = extension(file);
        return Arrays.stream(values()).anyMatch(format -> format.extensions.contains(" " + extension + " "));
    }

    /** What comes after the last dot of a file's name, in small letters; empty without one. */
    static String extension(String file) {
        String name = file.substring(file.lastIndexOf('/') + 1);
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    }

    /** The format that the first bytes of a file's content announce, whatever its name; empty if it is none of them. */
    public static Optional<ImageFormat> of(byte[] content) {
        if (starts(content, "\u0089PNG\r\n\u001a\n")) {
            return Optional.of(PNG);
        }
        if (starts(content, "\u00ff\u00d8\u00ff")) {
            return Optional.of(JPEG);
        }
        if (starts(content, "GIF87a") || starts(content, "GIF89a")) {
            return Optional.of(GIF);
        }
        if (starts(content, "RIFF") && hasAt(content, 8, "WEBP")) {
            return Optional.of(WEBP);
        }
        if (starts(content, "II*\0")
                || starts(content, "MM\0*")
                || starts(content, "II+\0")
                || starts(content, "MM\0+")) {
            return Optional.of(TIFF);
        }
        // Two letters are little to go by: the size of the header that follows must be one of those that exist.
        if (starts(content, "BM") && content.length > 17 && content[15] == 0 && content[16] == 0 && content[17] == 0) {
            return Optional.of(BMP);
        }
        return Optional.empty();
    }

    /** Whether a content begins with these bytes, written as Latin-1. */
    static boolean starts(byte[] content, String bytes) {
        return hasAt(content, 0, bytes);
    }

    /** Whether a content has these bytes, written as Latin-1, from {@code at} on. */
    static boolean hasAt(byte[] content, int at, String bytes) {
        byte[] wanted = bytes.getBytes(StandardCharsets.ISO_8859_1);
        return at >= 0
                && at + wanted.length <= content.length
                && Arrays.equals(content, at, at + wanted.length, wanted, 0, wanted.length);
    }
}
