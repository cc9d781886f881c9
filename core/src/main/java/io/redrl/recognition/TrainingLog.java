package io.redrl.recognition;

import io.redrl.base.Checks;

/**
 * Files that training writes on its way; no result depends on it.
 *
 * @param checkpointEvery steps between checkpoints
 * @param previewEvery steps between previews of what G does ({@code previews/step-000500.png}); 0 for none
 */
public record TrainingLog(int checkpointEvery, int previewEvery) {
    /** Checks ranges. */
    public TrainingLog {
        Checks.positive("checkpoint-every", checkpointEvery);
        Checks.inRange("preview-every", previewEvery, 0, Integer.MAX_VALUE);
    }

    /** A checkpoint and a preview every 100 steps. */
    public static TrainingLog standard() {
        return new TrainingLog(100, 100);
    }
}
