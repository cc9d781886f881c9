package io.redrl.data;

import io.redrl.base.RedrlException;
import io.redrl.image.ForeignFormat;
import io.redrl.image.ImageCodec;
import io.redrl.image.ImageFormat;
import io.redrl.image.ImageSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Images that somebody names one by one or together: files, which are tried as they stand, whatever their names; folders and zips, of
 * which all files with the name of an image are taken, to the bottom; NumPy arrays; lists of image files.
 *
 * @param images in the order in which they were named
 * @param remarks what was left out of folders and zips, and how arrays were read, in a sentence each
 * @param unreadable what could not be read there
 */
public record ImageInputs(List<ImageSource> images, List<String> remarks, List<Unreadable> unreadable) {
    /**
     * Something that cannot be read.
     *
     * @param input the path, as it was named, in which it lies
     * @param why in a sentence that names it
     */
    public record Unreadable(Path input, String why) {}

    /** Copies the lists. */
    public ImageInputs {
        images = List.copyOf(images);
        remarks = List.copyOf(remarks);
        unreadable = List.copyOf(unreadable);
    }

    /** Finds the images; decodes none but arrays'. What cannot be opened at all is among the {@link #unreadable}. */
    public static ImageInputs in(List<Path> paths) {
        List<ImageSource> images = new ArrayList<>();
        List<String> remarks = new ArrayList<>();
        List<Unreadable> unreadable = new ArrayList<>();
        for (Path path : paths) {
            try {
                switch (InputKind.of(path)) {
                    case FOLDER, ZIP -> below(path, images, remarks, unreadable);
                    case ARRAY, ARRAYS -> arrays(path, images, remarks);
                    case LIST -> ImageList.files(path).values().forEach(file -> images.add(ImageSource.of(file)));
                    default -> images.add(ImageSource.of(path)); // read, or complained of, when its turn comes
                }
            } catch (RedrlException e) {
                unreadable.add(new Unreadable(path, String.valueOf(e.getMessage())));
            }
        }
        return new ImageInputs(images, remarks, unreadable);
    }

    private static void below(Path root, List<ImageSource> images, List<String> remarks, List<Unreadable> unreadable) {
        FileTree tree = new FileTree(root);
        List<String> others = new ArrayList<>();
        for (String name : tree.names()) {
            if (!ImageFormat.isNamedLikeOne(name)) {
                others.add(name);
            } else if (Files.isDirectory(root)) {
                images.add(ImageSource.of(root.resolve(name)));
            } else {
                images.add(new Entry(tree, name));
            }
        }
        remarks.addAll(tree.remarks());
        remarks.addAll(ForeignFormat.leftOut(others));
        tree.unreadable().forEach(why -> unreadable.add(new Unreadable(root, why)));
    }

    private static void arrays(Path file, List<ImageSource> images, List<String> remarks) {
        ImageDataset data = Datasets.open(file.toString(), Split.TEST);
        remarks.addAll(data.remarks());
        for (int i = 0; i < data.size(); i++) {
            images.add(new Element(file, data, i));
        }
    }

    /** A file in a zip. */
    private record Entry(FileTree tree, String file) implements ImageSource {
        @Override
        public String name() {
            return tree.where(file);
        }

        @Override
        public ImageCodec.Decoded read() {
            return ImageCodec.decode(tree.read(file), name());
        }
    }

    /** One image of an array. */
    private record Element(Path file, ImageDataset data, int index) implements ImageSource {
        @Override
        public String name() {
            return file + "[" + index + "]";
        }

        @Override
        public ImageCodec.Decoded read() {
            // As good as a PNG: nothing was lost.
            return new ImageCodec.Decoded(data.image(index), ImageFormat.PNG, List.of());
        }
    }
}
