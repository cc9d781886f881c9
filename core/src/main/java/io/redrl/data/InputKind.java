package io.redrl.data;

import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import io.redrl.image.ForeignFormat;
import io.redrl.image.ImageFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What a path holds, told by its content and not by its name. */
enum InputKind {
    /** A folder, perhaps of images. */
    FOLDER,
    /** A zip, perhaps of images. */
    ZIP,
    /** A NumPy array. */
    ARRAY,
    /** A zip of NumPy arrays. */
    ARRAYS,
    /** Text, perhaps a list of image files. */
    LIST,
    /** An image, or a picture in a format that is not read here. */
    IMAGE,
    /** Something else, or nothing. */
    OTHER;

    private static final int ENOUGH = 4096;

    /** Looks; what is not there, or no file, is {@link #OTHER}. */
    static InputKind of(Path path) {
        if (Files.isDirectory(path)) {
            return FOLDER;
        }
        // A pipe that nobody writes to would wait for ever.
        if (!Files.isRegularFile(path)) {
            return OTHER;
        }
        byte[] start = start(path);
        String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
        if (ImageFormat.of(start).isPresent() || ForeignFormat.of(start).isPresent()) {
            return IMAGE;
        }
        if (ArrayImages.isArray(start)) {
            return ARRAY;
        }
        boolean zip = start.length > 3 && start[0] == 'P' && start[1] == 'K';
        if (zip || name.endsWith(".zip") || name.endsWith(".npz")) {
            return name.endsWith(".npz") || ArrayImages.isArrays(path) ? ARRAYS : ZIP;
        }
        // A text that is called an image is a broken image.
        return ImageList.isText(start) && !ImageFormat.isNamedLikeOne(name) ? LIST : OTHER;
    }

    private static byte[] start(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            return in.readNBytes(ENOUGH);
        } catch (IOException e) {
            throw new RedrlException("Could not read " + path + ": " + FileTree.reason(e), e);
        }
    }

    /** Refuses what is no data set, saying what it is. */
    RedrlException refused(Path path) {
        Checks.require(Files.exists(path), "No such file or folder: %s", path);
        String what = !Files.isRegularFile(path)
                ? "is a pipe, socket or device, which may never answer: save it as a file first"
                : "is not a data set: expected " + Datasets.PATHS;
        return new RedrlException(path + " " + what);
    }
}
