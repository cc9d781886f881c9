package io.redrl.recognition;

import io.redrl.base.Checks;

/**
 * What training writes down on its way; no result depends on it.
 *
 * @param checkpointEvery steps between checkpoints
 * @param lookEvery steps between pictures of what G does ({@code looks/step-000500.png}); 0 for none
 */
public record TrainingLog(int checkpointEvery, int lookEvery) {
    /** Checks ranges. */
    public TrainingLog {
        Checks.positive("checkpoint-every", checkpointEvery);
        Checks.inRange("look-every", lookEvery, 0, Integer.MAX_VALUE);
    }

    /** A checkpoint and a picture every 100 steps. */
    public static TrainingLog standard() {
        return new TrainingLog(100, 100);
    }
}
