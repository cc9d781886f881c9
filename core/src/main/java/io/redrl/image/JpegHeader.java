package io.redrl.image;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Header of a JPEG file: its marker segments up to the first scan, and what they say about the meaning of its samples.
 *
 * <p>Colour spaces are told apart as libjpeg does ({@code jdapimin.c}, {@code default_decompress_parms}); Java's reader has rules of its own,
 * by which files without a JFIF marker get other colours.
 */
final class JpegHeader {
    private static final String EXIF = "Exif\0\0";
    private static final String ICC = "ICC_PROFILE\0";
    private static final int START_OF_SCAN = 0xda;
    private static final int APP0 = 0xe0;
    private static final int APP1 = 0xe1;
    private static final int APP2 = 0xe2;
    private static final int APP14 = 0xee;
    private static final int COMMENT = 0xfe;

    /** What the components of a pixel are. */
    enum Colours {
        /** Light. */
        GREY,
        /** Red, green and blue, as they are. */
        RGB,
        /** Light and two differences (ITU-T T.871). */
        YCBCR,
        /** Inks, stored as what is left of the paper's white. */
        CMYK,
        /** The same with its first three as light and differences. */
        YCCK,
        /** Nothing that has a meaning here. */
        UNKNOWN
    }

    private final byte[] file;
    private boolean jfif;
    private boolean adobe;
    private int transform;
    private byte[] components = {};
    private int bits = 8;
    private int process;
    private byte @Nullable [] exif;
    private byte @Nullable [] profile;
    /** Where the first scan begins; 0 if the walk did not get there. */
    private int scan;

    private final ByteArrayOutputStream needed = new ByteArrayOutputStream();

    JpegHeader(byte[] file) {
        this.file = file;
        walk();
    }

    private void walk() {
        needed.write(file, 0, Math.min(2, file.length));
        int at = 2;
        while (at + 4 <= file.length) {
            int marker = file[at + 1] & 0xff;
            if ((file[at] & 0xff) != 0xff
                    || marker == 0xff
                    || marker == 0) { // padding, or bytes that belong to nothing
                at++;
                continue;
            }
            if (marker == START_OF_SCAN) {
                scan = at;
                return;
            }
            if ((marker >= 0xd0 && marker <= 0xd9) || marker == 1) { // markers without a segment
                at += 2;
                continue;
            }
            int length = ((file[at + 2] & 0xff) << 8) | (file[at + 3] & 0xff);
            if (length < 2 || at + 2 + length > file.length) {
                return;
            }
            segment(marker, at + 4, length - 2);
            boolean note = (marker >= APP0 && marker <= 0xef) || marker == COMMENT;
            if (!note || marker == APP14 || marker == APP0) {
                needed.write(file, at, length + 2);
            }
            at += 2 + length;
        }
    }

    private void segment(int marker, int from, int length) {
        if (marker == APP0 && length >= 14 && ImageFormat.hasAt(file, from, "JFIF\0")) {
            jfif = true;
        } else if (marker == APP14 && length >= 12 && ImageFormat.hasAt(file, from, "Adobe")) {
            adobe = true;
            transform = file[from + 11] & 0xff;
        } else if (marker == APP1 && exif == null && ImageFormat.hasAt(file, from, EXIF)) {
            exif = Arrays.copyOfRange(file, from + EXIF.length(), from + length);
        } else if (marker == APP2 && profile == null && length > 14 && ImageFormat.hasAt(file, from, ICC)) {
            profile = Arrays.copyOfRange(file, from + ICC.length() + 2, from + length);
        } else if (isFrame(marker) && length >= 6) {
            process = marker;
            bits = file[from] & 0xff;
            int count = Math.min(file[from + 5] & 0xff, (length - 6) / 3);
            components = new byte[count];
            for (int i = 0; i < count; i++) {
                components[i] = file[from + 6 + 3 * i];
            }
        }
    }

    /** SOF0 to SOF15, among whose numbers are those of three other segments. */
    private static boolean isFrame(int marker) {
        return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }

    /** How many components a pixel has. */
    int components() {
        return components.length;
    }

    /** What the samples are. */
    Colours colours() {
        String ids = new String(components, StandardCharsets.ISO_8859_1);
        return switch (components.length) {
            case 1 -> Colours.GREY;
            case 3 -> {
                if (jfif) {
                    yield Colours.YCBCR;
                }
                boolean rgb = adobe ? transform == 0 : ids.equals("RGB");
                yield rgb ? Colours.RGB : Colours.YCBCR;
            }
            case 4 -> adobe && transform != 0 ? Colours.YCCK : Colours.CMYK;
            default -> Colours.UNKNOWN;
        };
    }

    /** Why no decoder here takes the file, in words; empty if one should. */
    Optional<String> notReadHere() {
        if (process == 0xc3 || (process >= 0xc5 && process <= 0xc7) || process == 0xcb || process >= 0xcd) {
            return Optional.of("is a lossless, hierarchical or arithmetic-coded JPEG, which is not read here");
        }
        if (process == 0xc9 || process == 0xca) {
            return Optional.of("is an arithmetic-coded JPEG, which is not read here");
        }
        return bits == 8
                ? Optional.empty()
                : Optional.of("is a JPEG of " + bits + " bits a sample; only 8 are read here");
    }

    /** Its Exif data; empty without. */
    Optional<byte[]> exif() {
        return Optional.ofNullable(exif);
    }

    /** The beginning of its colour profile, at least what one segment holds; empty without. */
    Optional<byte[]> profile() {
        return Optional.ofNullable(profile);
    }

    /**
     * The file without what is not needed for its samples: profiles, thumbnails, notes. Java's reader looks into these, and refuses a good
     * image for a bad note.
     */
    byte[] withoutNotes() {
        if (scan == 0) {
            return file;
        }
        byte[] bare = Arrays.copyOf(needed.toByteArray(), needed.size() + file.length - scan);
        System.arraycopy(file, scan, bare, needed.size(), file.length - scan);
        return bare;
    }
}
