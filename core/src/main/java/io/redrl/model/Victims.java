package io.redrl.model;

import io.redrl.base.AtomicFiles;
import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import io.redrl.data.ImageDataset;
import io.redrl.image.ImageShape;
import io.redrl.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/** Victims of every kind, opened and checked against what they are used on. */
public final class Victims {
    private static final String SCRIPT = ".pt";

    private Victims() {}

    /**
     * Opens a victim.
     *
     * @param nameOrPath a model folder, a TorchScript file ({@code .pt}), or the name of either in {@code models}
     * @param models the folder where models lie by name
     * @return the victim; the caller closes it
     * @throws RedrlException if there is none, or it cannot be read
     */
    public static Classifier load(String nameOrPath, Path models) {
        return load(find(nameOrPath, models));
    }

    /**
     * Opens a victim that takes images of a certain size, which a TorchScript file does not tell.
     *
     * @param input the size; a model folder has to agree with it
     * @see #load(String, Path)
     */
    public static Classifier load(String nameOrPath, Path models, ImageShape input) {
        return load(find(nameOrPath, models), ScriptSettings.NONE.withInput(input), Optional.empty());
    }

    /**
     * Opens a victim of which a TorchScript file does not tell everything.
     *
     * @param settings what the file does not tell; a model folder has all of that in its card
     * @param images the size of the images that it is to be used on, if that is known
     * @see TorchScriptClassifier#open(Path, ScriptSettings, Optional)
     */
    public static Classifier load(
            String nameOrPath, Path models, ScriptSettings settings, Optional<ImageShape> images) {
        return load(find(nameOrPath, models), settings, images);
    }

    /** The same by its path. */
    public static Classifier load(Path path, ScriptSettings settings, Optional<ImageShape> images) {
        if (!Files.isDirectory(path)) {
            return TorchScriptClassifier.open(path, settings, images);
        }
        Checks.require(
                settings.mean().isEmpty()
                        && settings.output().isEmpty()
                        && settings.classNames().isEmpty(),
                "%s is a model folder, whose %s tells normalisation, output and classes: they cannot be given another time",
                path,
                ModelCard.FILE);
        NetworkClassifier victim = NetworkClassifier.open(path);
        if (settings.input().filter(size -> !size.equals(victim.input())).isPresent()) {
            String message = "Victim " + victim.id() + " takes images of " + victim.input() + ", not of "
                    + settings.input().get() + ".";
            victim.close();
            throw new RedrlException(message);
        }
        return victim;
    }

    /**
     * Opens a victim for images of a size that need not be the one it was trained on: networks that pool over the whole image take any.
     *
     * @param settings what a TorchScript file does not tell
     * @return the victim, which the caller closes; empty if it does not take such images
     * @throws RedrlException if there is no such victim, or it cannot be read
     */
    public static Optional<Classifier> loadAt(
            String nameOrPath, Path models, ScriptSettings settings, ImageShape images) {
        Path path = find(nameOrPath, models);
        if (Files.isDirectory(path)) {
            return Optional.of(NetworkClassifier.open(path, images));
        }
        Classifier victim = TorchScriptClassifier.open(path, settings, Optional.of(images));
        if (victim.input().equals(images)) {
            return Optional.of(victim);
        }
        victim.close();
        return Optional.empty();
    }

    private static Path find(String nameOrPath, Path models) {
        for (Path place :
                new Path[] {Path.of(nameOrPath), models.resolve(nameOrPath), models.resolve(nameOrPath + SCRIPT)}) {
            if (Files.exists(place)) {
                return place;
            }
        }
        throw new RedrlException("No victim '" + nameOrPath + "': it is neither a model folder nor a TorchScript file"
                + " (.pt) here or in " + models + ". Train one with 'redrl victim train'.");
    }

    /**
     * Opens a model folder or a TorchScript file.
     *
     * @return the victim; the caller closes it
     * @throws RedrlException if it cannot be read
     */
    public static Classifier load(Path path) {
        return load(path, ScriptSettings.NONE, Optional.empty());
    }

    /**
     * Opens a model folder or a TorchScript file, to be used on images of a certain size.
     *
     * @return the victim; the caller closes it
     * @throws RedrlException if it cannot be read
     */
    public static Classifier load(Path path, ImageShape images) {
        return load(path, ScriptSettings.NONE, Optional.of(images));
    }

    /**
     * Copies a victim, so that what uses it can be moved without it: of a model folder card and weights, or the TorchScript file.
     *
     * @param victim a model folder or a TorchScript file
     * @param folder where the copy goes, under {@code name}
     * @throws RedrlException if files cannot be read or written
     */
    public static void copy(Path victim, Path folder, String name) {
        if (!Files.isDirectory(victim)) {
            copy(victim, folder.resolve(name + SCRIPT));
            return;
        }
        try (Stream<Path> files = Files.list(victim)) {
            files.filter(file -> file.getFileName().toString().startsWith("model."))
                    .forEach(file -> copy(
                            file,
                            folder.resolve(name).resolve(file.getFileName().toString())));
        } catch (IOException e) {
            throw new RedrlException("Could not read " + victim + ": " + e, e);
        }
    }

    private static void copy(Path from, Path to) {
        AtomicFiles.write(to, out -> Files.copy(from, out));
    }

    /** Where {@link #copy} put a victim. */
    public static Path copied(Path folder, String name) {
        Path script = folder.resolve(name + SCRIPT);
        return Files.isRegularFile(script) ? script : folder.resolve(name);
    }

    /**
     * Checks that a victim and a data set belong together.
     *
     * @throws RedrlException if the number of classes or the size of image differs, or the images are unlabelled
     */
    public static void requireFits(Classifier victim, ImageDataset dataset) {
        if (!dataset.labelled()) {
            throw new RedrlException(dataset.id() + " has no labels: put its images into one folder per class.");
        }
        int classes = dataset.classNames().size();
        if (victim.classes() != classes) {
            throw new RedrlException("Victim " + victim.id() + " knows " + victim.classes() + " classes, but "
                    + dataset.id() + " has " + classes + ". Use a victim that was trained on this data set.");
        }
        if (!victim.input().equals(dataset.shape())) {
            throw new RedrlException("Victim " + victim.id() + " takes images of " + victim.input() + ", but "
                    + dataset.id() + " has " + dataset.shape() + ". Use a victim that was trained on this data set.");
        }
    }

    /** Refuses a batch of another size than the victim's. */
    static void requireImages(Classifier victim, Tensor images) {
        ImageShape input = victim.input();
        long[] shape = Tensors.shape(images);
        if (shape.length != 4
                || shape[1] != input.channels()
                || shape[2] != input.height()
                || shape[3] != input.width()) {
            throw new RedrlException("Victim " + victim.id() + " takes images of " + input + ", got a batch "
                    + Arrays.toString(shape) + ". Resize the images, or use a victim trained at that size.");
        }
    }
}
