package io.redrl.training;

/**
 * One line of {@code metrics.jsonl}: an epoch of a victim's training.
 *
 * @param epoch from 1
 * @param learningRate at the epoch's last step
 * @param trainLoss mean over the epoch's augmented images while the network changed
 * @param trainAccuracy over the same, in [0, 1]
 * @param imagesPerSecond training speed
 * @param seconds since training began, over all its runs
 */
public record EpochMetrics(
        int epoch,
        double learningRate,
        double trainLoss,
        double trainAccuracy,
        double imagesPerSecond,
        double seconds) {}
