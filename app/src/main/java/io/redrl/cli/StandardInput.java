package io.redrl.cli;

import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Standard input as a file, which it is copied to until the process ends: what it holds is told from its beginning. */
final class StandardInput {
    /** What stands for it on the command line. */
    static final String NAME = "-";

    private StandardInput() {}

    /** The file that {@code name} means: a copy of standard input for {@code -}, else itself. To be asked once. */
    static Path file(Path name) {
        if (!name.toString().equals(NAME)) {
            return name;
        }
        try {
            Path folder = Files.createTempDirectory("redrl");
            folder.toFile().deleteOnExit(); // in the other order: the file goes first
            Path file = folder.resolve("stdin");
            file.toFile().deleteOnExit();
            Checks.require(
                    Files.copy(System.in, file) > 0, "Standard input is empty: expected an image, array, list or zip");
            return file;
        } catch (IOException e) {
            throw new RedrlException("Could not read standard input: " + e, e);
        }
    }

    /** An image of the copy under the name that people know: {@code -}, or {@code -[3]}. */
    static ImageSource named(ImageSource image, Path file) {
        return new ImageSource() {
            @Override
            public String name() {
                return image.name().replace(file.toString(), NAME);
            }

            @Override
            public ImageCodec.Decoded read() {
                try {
                    return image.read();
                } catch (RedrlException e) {
                    throw new RedrlException(String.valueOf(e.getMessage()).replace(file.toString(), NAME), e);
                }
            }
        };
    }
}
