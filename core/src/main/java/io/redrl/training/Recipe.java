package io.redrl.training;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.redrl.base.Checks;
import io.redrl.base.RedrlException;
import java.util.List;

/**
 * A training recipe for victims: stochastic gradient descent with Nesterov momentum on cross-entropy. In JSON and YAML either all
 * components or one of the names {@code paper} and {@code one-cycle}.
 *
 * @param schedule the learning rate
 * @param momentum in [0, 1)
 * @param weightDecay on every parameter, from 0
 * @param flips whether images are mirrored left to right half of the time
 * @param cropPadding pixels by which an image may move in each direction, black beyond its border
 * @param labelSmoothing the part of the label spread over all classes, in [0, 1)
 */
public record Recipe(
        Schedule schedule, double momentum, double weightDecay, boolean flips, int cropPadding, double labelSmoothing) {
    /** Checks ranges. */
    @JsonCreator
    public Recipe {
        Checks.require(schedule != null, "a recipe needs a schedule");
        Checks.require(momentum >= 0 && momentum < 1, "momentum must be in [0, 1), got %s", momentum);
        Checks.inRange("weight-decay", weightDecay, 0, 1);
        Checks.inRange("crop-padding", cropPadding, 0, 64);
        Checks.require(
                labelSmoothing >= 0 && labelSmoothing < 1, "label-smoothing must be in [0, 1), got %s", labelSmoothing);
    }

    /**
     * The paper's recipe for its victims: rate 0.01, divided by 10 at epochs 25 and 40 of 50; with the augmentation and
     * weight decay usual for CIFAR-10, which the paper does not name.
     */
    public static Recipe paper() {
        return new Recipe(new Schedule.StepDecay(0.01, List.of(25, 40), 0.1), 0.9, 5e-4, true, 4, 0);
    }

    /** A short recipe for CPUs: one cycle up to a high rate and down to nothing, for 5 to 30 epochs at batch 128. */
    public static Recipe oneCycle() {
        return new Recipe(new Schedule.OneCycle(0.2, 0.25, 0.1, 0.0), 0.9, 5e-4, true, 4, 0);
    }

    /** The recipe called {@code paper} or {@code one-cycle}. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Recipe named(String name) {
        return switch (name) {
            case "paper" -> paper();
            case "one-cycle" -> oneCycle();
            default -> throw new RedrlException("Unknown recipe '" + name + "'. Known are: paper, one-cycle");
        };
    }
}
