package io.redrl.image;

import io.redrl.base.OneLine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.InflaterInputStream;

/**
 * What an image file carries beside its samples.
 *
 * @param profile the description of its colour profile, "unnamed" if it has none; empty without a profile
 * @param orientation how viewers turn it
 */
record Embedded(Optional<String> profile, Orientation orientation) {
    private static final int ORIENTATION_TAG = 0x112;
    private static final int TIFF_PROFILE_TAG = 34675;
    private static final int LARGEST_PROFILE = 4 << 20;
    private static final String UNNAMED = "unnamed";

    /** Looks for both; what cannot be made sense of counts as absent, since no sample depends on it. */
    static Embedded in(byte[] file, ImageFormat format) {
        try {
            return switch (format) {
                case JPEG -> of(new JpegHeader(file));
                case PNG -> png(file);
                case WEBP -> webp(file);
                case TIFF -> new Embedded(tiffProfile(file), orientation(Optional.of(file)));
                case GIF ->
                    new Embedded(
                            indexOf(file, "ICCRGBG1012") >= 0 ? Optional.of(UNNAMED) : Optional.empty(),
                            Orientation.UPRIGHT);
                // Of the fifth header only: how many bytes of profile there are, after where they lie.
                case BMP ->
                    new Embedded(
                            file.length > 134 && file[14] == 124 && ImageFormat.hasAt(file, 70, "DEBM")
                                    ? Optional.of(UNNAMED)
                                    : Optional.empty(),
                            Orientation.UPRIGHT);
            };
        } catch (RuntimeException | IOException e) {
            return new Embedded(Optional.empty(), Orientation.UPRIGHT);
        }
    }

    private static Embedded of(JpegHeader header) {
        return new Embedded(header.profile().map(Embedded::description), orientation(header.exif()));
    }

    private static Embedded png(byte[] file) throws IOException {
        Optional<String> profile = Optional.empty();
        Optional<byte[]> exif = Optional.empty();
        ByteBuffer bytes = ByteBuffer.wrap(file);
        int at = 8;
        while (at + 12 <= file.length) {
            int length = bytes.getInt(at);
            if (length < 0 || length > file.length - at - 12) {
                break;
            }
            byte[] content = Arrays.copyOfRange(file, at + 8, at + 8 + length);
            if (ImageFormat.hasAt(file, at + 4, "iCCP")) {
                profile = Optional.of(pngProfile(content));
            } else if (ImageFormat.hasAt(file, at + 4, "eXIf")) {
                exif = Optional.of(content);
            }
            at += 12 + length;
        }
        return new Embedded(profile, orientation(exif));
    }

    /** A name, a zero, a zero for "deflate", the profile. */
    private static String pngProfile(byte[] content) throws IOException {
        String name = text(content, 0, content.length, StandardCharsets.ISO_8859_1);
        int from = name.length() + 2;
        if (from < content.length) {
            try (InputStream in =
                    new InflaterInputStream(new ByteArrayInputStream(content, from, content.length - from))) {
                String description = description(in.readNBytes(LARGEST_PROFILE));
                return description.equals(UNNAMED) && !name.isBlank() ? OneLine.of(name.strip()) : description;
            }
        }
        return name.isBlank() ? UNNAMED : OneLine.of(name.strip());
    }

    private static Embedded webp(byte[] file) {
        Optional<String> profile = Optional.empty();
        Optional<byte[]> exif = Optional.empty();
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int at = 12;
        while (at + 8 <= file.length) {
            int length = bytes.getInt(at + 4);
            if (length < 0 || length > file.length - at - 8) {
                break;
            }
            byte[] content = Arrays.copyOfRange(file, at + 8, at + 8 + length);
            if (ImageFormat.hasAt(file, at, "ICCP")) {
                profile = Optional.of(description(content));
            } else if (ImageFormat.hasAt(file, at, "EXIF")) {
                int skip = ImageFormat.starts(content, "Exif\0\0") ? 6 : 0;
                exif = Optional.of(Arrays.copyOfRange(content, skip, content.length));
            }
            at += 8 + length + (length & 1);
        }
        return new Embedded(profile, orientation(exif));
    }

    private static Optional<String> tiffProfile(byte[] file) {
        return new Directory(file).profile().map(Embedded::description);
    }

    private static Orientation orientation(Optional<byte[]> exif) {
        try {
            return exif.map(data -> Orientation.of(new Directory(data).number(ORIENTATION_TAG)))
                    .orElse(Orientation.UPRIGHT);
        } catch (RuntimeException e) {
            return Orientation.UPRIGHT;
        }
    }

    /** The {@code desc} tag of a profile (ICC.1:2010, 7.2 and 10.13; ICC.1:2001-04, 6.5.17). */
    static String description(byte[] profile) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(profile);
            int tags = Math.min(bytes.getInt(128), 100);
            for (int i = 0; i < tags; i++) {
                int entry = 132 + 12 * i;
                if (ImageFormat.hasAt(profile, entry, "desc")) {
                    int at = bytes.getInt(entry + 4);
                    String text = ImageFormat.hasAt(profile, at, "mluc")
                            ? text(
                                    profile,
                                    at + bytes.getInt(at + 24),
                                    bytes.getInt(at + 20),
                                    StandardCharsets.UTF_16BE)
                            : text(profile, at + 12, bytes.getInt(at + 8), StandardCharsets.ISO_8859_1);
                    return text.isBlank() ? UNNAMED : OneLine.of(text.strip());
                }
            }
        } catch (RuntimeException e) {
            return UNNAMED;
        }
        return UNNAMED;
    }

    /** Up to a zero or {@code length} bytes. */
    private static String text(byte[] from, int at, int length, Charset charset) {
        String text = new String(from, at, Math.max(0, Math.min(length, from.length - at)), charset);
        int end = text.indexOf(0);
        return end < 0 ? text : text.substring(0, end);
    }

    private static int indexOf(byte[] file, String wanted) {
        return new String(file, 0, Math.min(file.length, 4096), StandardCharsets.ISO_8859_1).indexOf(wanted);
    }

    /** The first directory of a TIFF file, which Exif data are one of. */
    static final class Directory {
        private static final int ENTRY = 12;

        private final ByteBuffer bytes;
        private final int first;
        private final int entries;

        /** Throws whatever comes up if it is none. */
        Directory(byte[] tiff) {
            bytes = ByteBuffer.wrap(tiff).order(tiff[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            first = bytes.getInt(4);
            entries = bytes.getShort(first) & 0xffff;
        }

        /** Where a tag's entry lies; −1 without. */
        private int entry(int tag) {
            for (int i = 0; i < entries; i++) {
                int at = first + 2 + ENTRY * i;
                if ((bytes.getShort(at) & 0xffff) == tag) {
                    return at;
                }
            }
            return -1;
        }

        /** A tag's number, a short or a long; 0 without. */
        int number(int tag) {
            int at = entry(tag);
            return at < 0 ? 0 : bytes.getShort(at + 2) == 3 ? bytes.getShort(at + 8) & 0xffff : bytes.getInt(at + 8);
        }

        boolean has(int tag) {
            return entry(tag) >= 0;
        }

        Optional<byte[]> profile() {
            int at = entry(TIFF_PROFILE_TAG);
            if (at < 0) {
                return Optional.empty();
            }
            byte[] profile = new byte[Math.min(LARGEST_PROFILE, bytes.getInt(at + 4))];
            bytes.get(bytes.getInt(at + 8), profile, 0, profile.length);
            return Optional.of(profile);
        }
    }
}
