package io.redrl.image;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** File formats of images that are read here. */
public enum ImageFormat {
    PNG("png"),
    JPEG("jpg", "jpeg"),
    GIF("gif"),
    BMP("bmp");

    /** All of them, for messages. */
    public static final String NAMES = "PNG, JPEG, GIF or BMP";

    private final List<String> names;

    ImageFormat(String... names) {
        this.names = List.of(names);
    }

    /** The format of this name or file extension, in small letters or capitals; empty if it is none of them. */
    static Optional<ImageFormat> named(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(format -> format.names.contains(lower))
                .findFirst();
    }

    /** Whether a file is named like an image: by its extension. */
    public static boolean isNamedLikeOne(String file) {
        int dot = file.lastIndexOf('.');
        return dot >= 0 && named(file.substring(dot + 1)).isPresent();
    }
}
