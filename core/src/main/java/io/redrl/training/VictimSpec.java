package io.redrl.training;

import io.redrl.base.Checks;
import io.redrl.model.VictimCatalog;
import io.redrl.tensor.Precision;

/**
 * A victim to train.
 *
 * @param model one of those that {@code redrl victim list} shows
 * @param recipe how it learns
 * @param epochs how often it sees the training images
 * @param batch images per step
 * @param trainImages how many images of the training set to use, from its beginning; 0 for all
 * @param precision of the forward pass in training; evaluation is always in 32 bits
 */
public record VictimSpec(String model, Recipe recipe, int epochs, int batch, int trainImages, Precision precision) {
    /** Checks names and ranges. */
    public VictimSpec {
        Checks.require(model != null, "a victim needs a model name");
        VictimCatalog.named(model);
        Checks.require(recipe != null, "victim %s needs a recipe: paper, one-cycle, or one written out", model);
        Checks.require(precision != null, "victim %s needs a precision: auto, fp32 or bf16", model);
        Checks.positive("epochs", epochs);
        Checks.inRange("batch", batch, 2, 4096);
        Checks.inRange("train-images", trainImages, 0, Integer.MAX_VALUE);
    }

    /** The paper's training of {@code model}: 50 epochs, batch 128, 32 bits. */
    public static VictimSpec paper(String model) {
        return new VictimSpec(model, Recipe.paper(), 50, 128, 0, Precision.FP32);
    }

    /** The short training of {@code model} for CPUs, as fast as this machine can. */
    public static VictimSpec oneCycle(String model, int epochs) {
        return new VictimSpec(model, Recipe.oneCycle(), epochs, 128, 0, Precision.AUTO);
    }
}
