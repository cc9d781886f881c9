package io.redrl.image;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Formats of pictures that are not read here, so that messages can name them and say how to convert them. */
public enum ForeignFormat {
    /** What telephones write. */
    HEIC("HEIC", "heif-convert IN OUT.png", "heic", "heif", "hif"),
    /** AV1 Image File Format. */
    AVIF("AVIF", "avifdec IN OUT.png", "avif", "avifs"),
    /** JPEG XL. */
    JPEG_XL("JPEG XL", "djxl IN OUT.png", "jxl"),
    /** JPEG 2000. */
    JPEG_2000("JPEG 2000", "opj_decompress -i IN -o OUT.png", "jp2", "j2k", "jpf", "jpx", "j2c"),
    /** Raw samples of a camera's sensor, as in DNG, CR2, NEF and ARW; nothing that a network could see as it is. */
    CAMERA_RAW(
            "camera raw",
            "darktable-cli IN OUT.png",
            "dng",
            "cr2",
            "cr3",
            "nef",
            "arw",
            "raf",
            "orf",
            "rw2",
            "pef",
            "srw"),
    /** Photoshop. */
    PSD("Photoshop", "magick IN[0] OUT.png", "psd", "psb"),
    /** Netpbm. */
    PNM("Netpbm", "magick IN OUT.png", "pnm", "ppm", "pgm", "pbm", "pam", "pfm"),
    /** Windows icon. */
    ICO("icon", "magick IN[0] OUT.png", "ico", "cur"),
    /** Truevision. */
    TGA("TGA", "magick IN OUT.png", "tga"),
    /** OpenEXR. */
    EXR("OpenEXR", "magick IN OUT.png", "exr"),
    /** Radiance. */
    HDR("Radiance HDR", "magick IN OUT.png", "hdr"),
    /** Quite OK Image. */
    QOI("QOI", "magick IN OUT.png", "qoi"),
    /** DirectDraw surface. */
    DDS("DDS", "magick IN OUT.png", "dds"),
    /** DICOM: medicine. */
    DICOM("DICOM", "dcm2pnm --write-png IN OUT.png", "dcm", "dicom"),
    /** Vector graphics: no pixels. */
    SVG("SVG", "rsvg-convert IN -o OUT.png", "svg", "svgz"),
    /** Portable Document Format. */
    PDF("PDF", "pdfimages -png IN OUT", "pdf"),
    /** Film. */
    VIDEO("video", "ffmpeg -i IN OUT-%04d.png", "mp4", "mov", "avi", "mkv", "webm", "m4v", "mpg", "mpeg");

    private static final int NAMED = 3;

    private final String title;
    private final String command;
    private final String extensions; // between spaces

    ForeignFormat(String title, String command, String... extensions) {
        this.title = title;
        this.command = command;
        this.extensions = " " + String.join(" ", extensions) + " ";
    }

    /** Its name as people write it. */
    public String title() {
        return title;
    }

    /** A command that makes PNG of a file, which loses nothing. */
    public String conversion(String file) {
        String name = file.substring(file.lastIndexOf('/') + 1);
        int dot = name.lastIndexOf('.');
        return command.replace("IN", name).replace("OUT", dot < 1 ? name : name.substring(0, dot));
    }

    /** The format that a file's name announces. */
    public static Optional<ForeignFormat> named(String file) {
        String extension = ImageFormat.extension(file);
        return Arrays.stream(values())
                .filter(format -> format.extensions.contains(" " + extension + " "))
                .findFirst();
    }

    /** The format that the first bytes of a file's content announce, whatever its name. */
    public static Optional<ForeignFormat> of(byte[] content) {
        if (ImageFormat.hasAt(content, 4, "ftyp")) {
            return Optional.of(ofBrands(content));
        }
        Map<String, ForeignFormat> beginnings = new LinkedHashMap<>();
        beginnings.put("\u00ff\n", JPEG_XL);
        beginnings.put("\0\0\0\fJXL ", JPEG_XL);
        beginnings.put("\0\0\0\fjP  ", JPEG_2000);
        beginnings.put("\u00ffO\u00ffQ", JPEG_2000);
        beginnings.put("8BPS", PSD);
        beginnings.put("\0\0\1\0", ICO);
        beginnings.put("\0\0\2\0", ICO);
        beginnings.put("v/1\1", EXR);
        beginnings.put("#?RADIANCE", HDR);
        beginnings.put("qoif", QOI);
        beginnings.put("DDS ", DDS);
        beginnings.put("%PDF", PDF);
        beginnings.put("FUJIFILMCCD-RAW", CAMERA_RAW);
        beginnings.put("IIRO", CAMERA_RAW);
        beginnings.put("IIU\0", CAMERA_RAW);
        beginnings.put("\u001aE\u00df\u00a3", VIDEO);
        for (Map.Entry<String, ForeignFormat> beginning : beginnings.entrySet()) {
            if (ImageFormat.starts(content, beginning.getKey())) {
                return Optional.of(beginning.getValue());
            }
        }
        if (ImageFormat.hasAt(content, 128, "DICM")) {
            return Optional.of(DICOM);
        }
        if (ImageFormat.starts(content, "RIFF") && ImageFormat.hasAt(content, 8, "AVI ")) {
            return Optional.of(VIDEO);
        }
        if (content.length > 2 && content[0] == 'P' && "1234567Ff".indexOf(content[1]) >= 0 && content[2] <= ' ') {
            return Optional.of(PNM);
        }
        String text =
                new String(content, 0, Math.min(content.length, 1024), StandardCharsets.ISO_8859_1).stripLeading();
        boolean drawing = text.startsWith("<svg") || (text.startsWith("<?xml") && text.contains("<svg"));
        return drawing ? Optional.of(SVG) : Optional.empty();
    }

    /** Containers of one family tell by four letters, their own and those of what they are compatible with. */
    private static ForeignFormat ofBrands(byte[] content) {
        int length = content.length < 12 ? 0 : Math.min(content.length, content[3] & 0xff);
        String brands = new String(content, 8, Math.max(0, length - 8), StandardCharsets.ISO_8859_1);
        if (brands.contains("avif") || brands.contains("avis")) {
            return AVIF;
        }
        if (brands.startsWith("crx ")) {
            return CAMERA_RAW;
        }
        boolean still =
                brands.contains("hei") || brands.contains("hev") || brands.contains("mif1") || brands.contains("msf1");
        return still ? HEIC : VIDEO;
    }

    /**
     * Remarks on files that are left out because their names are not those of images: by format, each with its first file and, where
     * it is a picture, how to convert it.
     *
     * @param files their names
     */
    public static List<String> leftOut(List<String> files) {
        Map<Optional<ForeignFormat>, List<String>> byFormat = new LinkedHashMap<>();
        files.forEach(file ->
                byFormat.computeIfAbsent(named(file), x -> new ArrayList<>()).add(file));
        List<String> remarks = new ArrayList<>();
        byFormat.forEach((format, all) -> remarks.add(left(format, all)));
        return remarks;
    }

    private static String left(Optional<ForeignFormat> format, List<String> files) {
        String names = String.join(", ", files.subList(0, Math.min(NAMED, files.size())))
                + (files.size() > NAMED ? " and " + (files.size() - NAMED) + " more" : "");
        String subject = files.size() == 1 ? "1 file was" : files.size() + " files were";
        return format.map(known -> subject + " left out as " + known.title + " is not read here: " + names
                        + "; convert, as with: " + known.conversion(files.get(0)))
                .orElse(subject + " left out, not named like an image (" + ImageFormat.NAMES + "): " + names);
    }
}
