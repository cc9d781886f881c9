package io.redrl.evaluation;

import io.redrl.base.Checks;

/**
 * Cost of a stage of a run.
 *
 * @param stage what was done, in a few words
 * @param seconds wall-clock time
 * @param items how many units of work it did
 * @param unit plural name of a unit, such as {@code images}
 */
public record StageCost(String stage, double seconds, long items, String unit) {
    /** Refuses negative time and work. */
    public StageCost {
        Checks.inRange("seconds of " + stage, seconds, 0, Double.MAX_VALUE);
        Checks.require(items >= 0, "items of %s must not be negative, got %d", stage, items);
    }

    /** Units per second; 0 if it took no time. */
    public double rate() {
        return seconds > 0 ? items / seconds : 0;
    }
}
