package io.redrl.cli;

import io.redrl.base.Checks;
import io.redrl.data.ImageInputs;
import io.redrl.image.ImageFormat;
import io.redrl.image.ImageSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The images that somebody names on a command line, see {@link ImageInputs}; {@code -} is standard input.
 *
 * @param files their names, in the order of the command line
 * @param sources what is read of each
 * @param remarks what was left out, and how arrays were read
 * @param unreadable what could not be read
 */
record ImageFiles(
        List<Path> files,
        Map<Path, ImageSource> sources,
        List<String> remarks,
        List<ImageInputs.Unreadable> unreadable) {
    /** @throws io.redrl.base.RedrlException if nothing is in any of them */
    static ImageFiles in(List<Path> paths) {
        List<Path> files = new ArrayList<>();
        Map<Path, ImageSource> sources = new HashMap<>();
        List<String> remarks = new ArrayList<>();
        List<ImageInputs.Unreadable> unreadable = new ArrayList<>();
        for (Path path : paths) {
            Path file = StandardInput.file(path);
            ImageInputs inputs = ImageInputs.in(List.of(file));
            for (ImageSource image : inputs.images()) {
                ImageSource source = file.equals(path) ? image : StandardInput.named(image, file);
                Path name = Path.of(source.name());
                files.add(name);
                sources.put(name, source);
            }
            remarks.addAll(inputs.remarks());
            inputs.unreadable().forEach(found -> unreadable.add(new ImageInputs.Unreadable(path, found.why())));
        }
        Checks.require(
                !files.isEmpty() || !unreadable.isEmpty(),
                "No images in %s: %s files expected%s",
                paths,
                ImageFormat.NAMES,
                remarks.isEmpty() ? "" : ". " + String.join(". ", remarks));
        return new ImageFiles(files, sources, remarks, unreadable);
    }

    /** What is read of some of the files. */
    List<ImageSource> sources(List<Path> some) {
        return some.stream().map(sources::get).toList();
    }
}
