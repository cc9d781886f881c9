package io.redrl.recognition;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.OptBoolean;
import io.redrl.attack.AttackClass;
import io.redrl.base.Checks;
import io.redrl.base.Json;
import io.redrl.tensor.Precision;
import io.redrl.training.Schedule;
import java.util.List;
import java.util.Optional;

/**
 * How a recogniser is trained, by Adam.
 *
 * @param schedule learning rate by epoch
 * @param epochs how often every image is seen; 0 when {@code steps} says how long to train
 * @param steps number of optimiser steps; 0 when {@code epochs} says how long to train
 * @param batch adversarial (and clean) examples in a step; a multiple of 6 when paired
 * @param paired whether an image comes with all six classes in the same step; otherwise it draws one of them
 * @param flip whether half of the images are mirrored, the clean image with its adversarial ones
 * @param weightDecay L2 penalty on weights, batch norm's scales among them (as in the authors' code); none on biases
 * @param reconstructorRate G's learning rate as a part of Ψ's, in (0, 1]: at the full rate Adam, whose steps do not shrink
 *     with the gradient, moves a near-identity G by more than the perturbations that it should leave in the residual
 * @param averaging decay d of the weights' running mean, w̄ ← d w̄ + (1 − d) w after every step (batch norm's statistics too),
 *     which is what is kept; 0 keeps the last weights themselves
 * @param precision of the networks' inner convolutions; the presets use float32, because bfloat16 training with two
 *     threads now and then crashed inside oneDNN 3.7.1 (gradient of convolution weights; cause not found)
 * @param exposure what is shown beside the set's rows; nothing if absent, as in the paper
 */
public record TrainingSettings(
        Schedule schedule,
        int epochs,
        int steps,
        int batch,
        boolean paired,
        boolean flip,
        double weightDecay,
        double reconstructorRate,
        double averaging,
        Precision precision,

        @JacksonInject(value = Json.OR_ABSENT, useInput = OptBoolean.TRUE) @JsonInclude(JsonInclude.Include.NON_ABSENT)
        Optional<Exposure> exposure) {
    private static final int CLASSES = AttackClass.values().length;

    /** Checks ranges and that either epochs or steps are given. */
    public TrainingSettings {
        Checks.require(
                epochs >= 0 && steps >= 0 && (epochs > 0) != (steps > 0),
                "give either epochs or steps and set the other to 0, got epochs %d and steps %d",
                epochs,
                steps);
        Checks.inRange("batch", batch, 2, 1 << 16);
        Checks.require(
                !paired || batch % CLASSES == 0,
                "batch must be a multiple of %d when paired, since an image comes with all %d classes; got %d",
                CLASSES,
                CLASSES,
                batch);
        Checks.inRange("weight-decay", weightDecay, 0, 1);
        Checks.require(averaging >= 0 && averaging < 1, "averaging must be in [0, 1), got %s", averaging);
        Checks.require(
                reconstructorRate > 0 && reconstructorRate <= 1,
                "reconstructor-rate must be in (0, 1], got %s",
                reconstructorRate);
    }

    /** 100 epochs at 3.5e-4 (CIFAR-10), warm-up over 10, divided by 10 at 40, 70 and 90; one class per image. */
    public static TrainingSettings paper() {
        return new TrainingSettings(
                new Schedule.WarmUpSteps(3.5e-4, 10, 0.01, List.of(40, 70, 90), 0.1),
                100,
                0,
                128,
                false,
                false,
                5e-4,
                1,
                0,
                Precision.FP32,
                Optional.empty());
    }

    /** 600 steps of 16 images in all six classes each. */
    public static TrainingSettings compact() {
        return new TrainingSettings(
                new Schedule.WarmUpCosine(1e-3, 0.1, 0.01, 0.01),
                0,
                600,
                96,
                true,
                true,
                5e-4,
                0.1,
                0,
                Precision.FP32,
                Optional.empty());
    }

    /** The same for so many steps of so many examples. */
    public TrainingSettings withSteps(int newSteps, int newBatch) {
        return new TrainingSettings(
                schedule,
                0,
                newSteps,
                newBatch,
                paired,
                flip,
                weightDecay,
                reconstructorRate,
                averaging,
                precision,
                exposure);
    }

    /** The same with or without pairing. */
    public TrainingSettings withPaired(boolean newPaired) {
        return new TrainingSettings(
                schedule,
                epochs,
                steps,
                batch,
                newPaired,
                flip,
                weightDecay,
                reconstructorRate,
                averaging,
                precision,
                exposure);
    }

    /** The same at another precision. */
    public TrainingSettings withPrecision(Precision newPrecision) {
        return new TrainingSettings(
                schedule,
                epochs,
                steps,
                batch,
                paired,
                flip,
                weightDecay,
                reconstructorRate,
                averaging,
                newPrecision,
                exposure);
    }

    /** Clean images in a step. */
    public int imagesPerStep() {
        return paired ? batch / CLASSES : batch;
    }

    /** The number of optimiser steps for a training set of {@code images} clean images. */
    public int totalSteps(int images) {
        return steps > 0 ? steps : Math.toIntExact((long) Math.ceil((double) epochs * images / imagesPerStep()));
    }

    /** The learning rate of a step (counted from 0) for a training set of {@code images} clean images. */
    public double learningRate(int step, int images) {
        double epochsPerStep = (double) imagesPerStep() / images;
        return schedule.at(step * epochsPerStep, totalSteps(images) * epochsPerStep);
    }
}
