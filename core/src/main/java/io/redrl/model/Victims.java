package io.redrl.model;

import io.redrl.base.RedrlException;
import io.redrl.data.ImageDataset;
import io.redrl.data.ImageShape;
import io.redrl.tensor.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/** Opens victims of every kind, and checks that they fit what they are used on. */
public final class Victims {
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
        for (Path place :
                new Path[] {Path.of(nameOrPath), models.resolve(nameOrPath), models.resolve(nameOrPath + ".pt")}) {
            if (Files.exists(place)) {
                return load(place);
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
        return Files.isDirectory(path) ? NetworkClassifier.open(path) : TorchScriptClassifier.open(path);
    }

    /**
     * Checks that a victim and a data set belong together.
     *
     * @throws RedrlException if the number of classes or the size of image differs
     */
    public static void requireFits(Classifier victim, ImageDataset dataset) {
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
