package io.redrl.image;

import java.nio.file.Path;

/** An image that is read when its turn comes: a file, or one of an array or archive. */
public interface ImageSource {
    /** What it is called in results and messages: a path, or {@code batch.npz[3]}. */
    String name();

    /**
     * Reads it.
     *
     * @throws io.redrl.base.RedrlException if it cannot be read, naming it
     */
    ImageCodec.Decoded read();

    /** A file. */
    static ImageSource of(Path file) {
        return new ImageSource() {
            @Override
            public String name() {
                return file.toString();
            }

            @Override
            public ImageCodec.Decoded read() {
                return ImageCodec.read(file);
            }
        };
    }
}
