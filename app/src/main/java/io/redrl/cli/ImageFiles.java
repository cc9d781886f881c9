package io.redrl.cli;

import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import io.redrl.image.ImageFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The images that somebody names on a command line: files as they stand, so that each is tried or complained of, and of
 * folders all files below with the name of an image, sorted.
 *
 * @param files in the order of the command line
 * @param leftOut files in folders whose names are not those of images; hidden ones do not count
 */
record ImageFiles(List<Path> files, int leftOut) {
    /** @throws RedrlException if a folder cannot be read or nothing is in any of them */
    static ImageFiles in(List<Path> paths) {
        List<Path> files = new ArrayList<>();
        int leftOut = 0;
        for (Path path : paths) {
            if (!Files.isDirectory(path)) {
                files.add(path);
                continue;
            }
            List<Path> inside = inside(path);
            List<Path> images = inside.stream()
                    .filter(file -> ImageFormat.isNamedLikeOne(String.valueOf(file.getFileName())))
                    .toList();
            files.addAll(images);
            leftOut += inside.size() - images.size();
        }
        Checks.require(!files.isEmpty(), "No images in %s: %s files expected", paths, ImageFormat.NAMES);
        return new ImageFiles(files, leftOut);
    }

    private static List<Path> inside(Path folder) {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(Files::isRegularFile)
                    .filter(file -> !("/" + folder.relativize(file)).contains("/."))
                    .sorted()
                    .toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new RedrlException("Could not read the folder " + folder + ": " + e, e);
        }
    }
}
