package io.redrl.image;

import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the bytes of an image file say before a decoder is asked: its format, whether all of it is there, where its picture lies. */
final class ImageLayout {
    private static final int NEW_SUBFILE_TYPE = 254;
    private static final int PHOTOMETRIC = 262;
    private static final int DNG_VERSION = 50706;
    private static final int CIE_LAB = 8;

    private ImageLayout() {}

    /**
     * The format of a file.
     *
     * @throws RedrlException if it is none that is read here, naming what it is where that is known
     */
    static ImageFormat format(byte[] encoded, String name) {
        Optional<ImageFormat> format = ImageFormat.of(encoded);
        Optional<ForeignFormat> foreign =
                format.isPresent() ? cameraRaw(encoded, format.get()) : ForeignFormat.of(encoded);
        if (foreign.isPresent()) {
            throw new RedrlException(name + " is a " + foreign.get().title() + " file, which is not read here ("
                    + ImageFormat.NAMES + " expected): convert it first, as with: "
                    + foreign.get().conversion(name));
        }
        if (format.isEmpty()) {
            String what = encoded.length == 0
                    ? " is not an image: it is empty ("
                    : " is not an image that can be read here (";
            throw new RedrlException(name + what + ImageFormat.NAMES + " expected)");
        }
        if (format.get() == ImageFormat.JPEG) {
            new JpegHeader(encoded).notReadHere().ifPresent(why -> {
                throw new RedrlException(name + " " + why + ": convert it first, as with: djpeg IN | cjpeg > OUT.jpg");
            });
        }
        return format.get();
    }

    /** Cameras keep raw samples in the form of TIFF, and a small picture before them. */
    private static Optional<ForeignFormat> cameraRaw(byte[] encoded, ImageFormat format) {
        if (format != ImageFormat.TIFF) {
            return Optional.empty();
        }
        try {
            Embedded.Directory directory = new Embedded.Directory(encoded);
            boolean raw = ImageFormat.hasAt(encoded, 8, "CR")
                    || directory.has(DNG_VERSION)
                    || (directory.number(NEW_SUBFILE_TYPE) & 1) == 1;
            return raw ? Optional.of(ForeignFormat.CAMERA_RAW) : Optional.empty();
        } catch (RuntimeException e) {
            return Optional.empty(); // damaged; the decoder says how
        }
    }

    /** The file as decoders are given it: without colour profiles, which they would apply, and notes that they would stumble over. */
    static byte[] bare(byte[] encoded, ImageFormat format) {
        return switch (format) {
            case JPEG -> new JpegHeader(encoded).withoutNotes();
            case WEBP -> webpWithoutProfile(encoded);
            default -> encoded;
        };
    }

    private static byte[] webpWithoutProfile(byte[] encoded) {
        // The extended header comes first where there is one, the profile next.
        if (!ImageFormat.hasAt(encoded, 12, "VP8X") || encoded.length < 38 || (encoded[20] & 0x20) == 0) {
            return encoded;
        }
        byte[] bare = encoded.clone();
        bare[20] &= ~0x20;
        if (ImageFormat.hasAt(bare, 30, "ICCP")) {
            bare[33] = '_'; // a chunk of no known kind, which is passed over
        }
        return bare;
    }

    /** Refuses a file that ends too early where the decoder would not notice. */
    static void requireWhole(byte[] encoded, ImageFormat format, String name) {
        boolean whole = true;
        if (format == ImageFormat.WEBP) {
            long size =
                    8 + (ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN).getInt(4) & 0xffffffffL);
            whole = size <= encoded.length;
        }
        Checks.require(whole, "%s is damaged or ends too early: it has %d bytes", name, encoded.length);
    }

    /**
     * What of a file is not in its first picture.
     *
     * @param pictures how many it holds, as its reader counts them
     */
    static List<String> remarks(byte[] encoded, ImageFormat format, int pictures) {
        List<String> remarks = new ArrayList<>();
        int frames = format == ImageFormat.PNG ? framesOfAnimatedPng(encoded) : pictures;
        if (frames > 1) {
            remarks.add(
                    format == ImageFormat.TIFF
                            ? "only the first of its " + frames + " pages was looked at"
                            : "animated: only the first of " + frames + " pictures was looked at");
        }
        switch (format) {
            case GIF -> gifOffset(encoded).ifPresent(remarks::add);
            case WEBP -> {
                webpOffset(encoded).ifPresent(remarks::add);
                if (chunk(encoded, "VP8 ") >= 0
                        || (pictures > 1 && chunk(encoded, "ANMF") >= 0 && isLossyFrame(encoded))) {
                    remarks.add(
                            "a WebP file with loss: compression takes away what an attack leaves, and decoders fill in"
                                    + " its colours differently, so that grey levels may differ from another program's");
                }
            }
            case TIFF -> {
                if (isLab(encoded)) {
                    remarks.add("it is CIE Lab and was converted to RGB");
                }
            }
            default -> {}
        }
        return remarks;
    }

    private static boolean isLab(byte[] encoded) {
        try {
            return new Embedded.Directory(encoded).number(PHOTOMETRIC) == CIE_LAB;
        } catch (RuntimeException e) {
            return false; // of the newer form with 64-bit offsets
        }
    }

    private static boolean isLossyFrame(byte[] encoded) {
        int frame = chunk(encoded, "ANMF");
        return ImageFormat.hasAt(encoded, frame + 24, "VP8 ") || ImageFormat.hasAt(encoded, frame + 24, "ALPH");
    }

    /** Where a chunk of a RIFF file begins; −1 without. */
    private static int chunk(byte[] encoded, String type) {
        ByteBuffer bytes = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
        long at = 12;
        while (at + 8 <= encoded.length) {
            if (ImageFormat.hasAt(encoded, (int) at, type)) {
                return (int) at;
            }
            int length = bytes.getInt((int) at + 4);
            if (length < 0) {
                return -1;
            }
            at += 8L + length + (length & 1);
        }
        return -1;
    }

    private static Optional<String> webpOffset(byte[] encoded) {
        int frame = chunk(encoded, "ANMF");
        if (frame < 0 || frame + 24 > encoded.length || !ImageFormat.hasAt(encoded, 12, "VP8X")) {
            return Optional.empty();
        }
        return offset(
                2 * three(encoded, frame + 8),
                2 * three(encoded, frame + 11),
                three(encoded, frame + 14) + 1,
                three(encoded, frame + 17) + 1,
                three(encoded, 24) + 1,
                three(encoded, 27) + 1);
    }

    private static int three(byte[] bytes, int at) {
        return (bytes[at] & 0xff) | ((bytes[at + 1] & 0xff) << 8) | ((bytes[at + 2] & 0xff) << 16);
    }

    /** From the descriptor of the first picture, which comes after a table of colours and perhaps some extensions. */
    private static Optional<String> gifOffset(byte[] encoded) {
        ByteBuffer bytes = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
        int flags = encoded[10];
        int at = 13 + ((flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1));
        while (at + 9 < encoded.length && encoded[at] == 0x21) {
            at += 2;
            while (at < encoded.length && encoded[at] != 0) {
                at += 1 + (encoded[at] & 0xff);
            }
            at++;
        }
        if (at + 9 >= encoded.length || encoded[at] != 0x2c) {
            return Optional.empty();
        }
        return offset(
                bytes.getShort(at + 1) & 0xffff,
                bytes.getShort(at + 3) & 0xffff,
                bytes.getShort(at + 5) & 0xffff,
                bytes.getShort(at + 7) & 0xffff,
                bytes.getShort(6) & 0xffff,
                bytes.getShort(8) & 0xffff);
    }

    private static Optional<String> offset(
            int left, int top, int width, int height, int canvasWidth, int canvasHeight) {
        if (left == 0 && top == 0 && width == canvasWidth && height == canvasHeight) {
            return Optional.empty();
        }
        return Optional.of("its first picture, " + width + "×" + height + " at " + left + "," + top + " of a canvas of "
                + canvasWidth + "×" + canvasHeight + ", was looked at without the rest of the canvas");
    }

    /** The number in the animation control chunk, which comes before the first data; 1 without one. */
    private static int framesOfAnimatedPng(byte[] png) {
        ByteBuffer bytes = ByteBuffer.wrap(png);
        long at = 8;
        while (at + 12 <= png.length) {
            int length = bytes.getInt((int) at);
            String type = new String(png, (int) at + 4, 4, StandardCharsets.ISO_8859_1);
            if (type.equals("acTL")) {
                return bytes.getInt((int) at + 8);
            }
            if (length < 0 || type.equals("IDAT")) {
                return 1;
            }
            at += 12L + length;
        }
        return 1;
    }
}
