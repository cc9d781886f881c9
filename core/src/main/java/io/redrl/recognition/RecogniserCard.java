package io.redrl.recognition;

import io.redrl.base.Checks;
import java.util.List;

/**
 * What a recogniser is and what it was made from: {@code recogniser.json} beside its weights.
 *
 * @param spec its settings
 * @param classes ids of the attack classes, in the order of the logits
 * @param height of the images that it was trained on, in pixels
 * @param width of the images that it was trained on, in pixels
 * @param steps optimiser steps taken
 * @param images clean images that it was trained on
 * @param dataset id of their data set
 * @param datasetChecksum SHA-256 of the data set
 * @param examplesChecksum SHA-256 of the training examples
 * @param victim id of Φ, empty if it was not needed
 * @param victimChecksum SHA-256 of Φ's weights, empty if it was not needed
 * @param featuresChecksum SHA-256 of F's weights, empty if it was not needed
 * @param featureUnit what features were divided by
 * @param trainingAccuracy share of right verdicts over the last steps, on training examples
 * @param trainingSeconds wall-clock time of training; of its last part, if it was resumed
 */
public record RecogniserCard(
        RecogniserSpec spec,
        List<String> classes,
        int height,
        int width,
        int steps,
        int images,
        String dataset,
        String datasetChecksum,
        String examplesChecksum,
        String victim,
        String victimChecksum,
        String featuresChecksum,
        double featureUnit,
        double trainingAccuracy,
        double trainingSeconds) {
    /** Copies the list and checks the size of image. */
    public RecogniserCard {
        classes = List.copyOf(classes);
        Checks.positive("height", height);
        Checks.positive("width", width);
    }

    /** The same with what training brought. */
    RecogniserCard withOutcome(double newFeatureUnit, double newTrainingAccuracy, double newTrainingSeconds) {
        return new RecogniserCard(
                spec,
                classes,
                height,
                width,
                steps,
                images,
                dataset,
                datasetChecksum,
                examplesChecksum,
                victim,
                victimChecksum,
                featuresChecksum,
                newFeatureUnit,
                newTrainingAccuracy,
                newTrainingSeconds);
    }
}
