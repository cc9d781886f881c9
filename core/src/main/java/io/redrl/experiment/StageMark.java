package io.redrl.experiment;

import com.fasterxml.jackson.annotation.JsonAlias;
import io.redrl.evaluation.StageCost;

/**
 * The note that a stage leaves in its folder.
 *
 * @param stage the stage's name
 * @param fingerprint hash of its settings and of everything that it was made from
 * @param started when it was first begun, ISO 8601
 * @param finished whether it ran to its end
 * @param seconds wall-clock time over all its runs that ended by themselves or were asked to stop
 * @param items how much was done
 * @param unit what {@code items} counts
 */
public record StageMark(
        String stage,
        @JsonAlias("made-from") String fingerprint,
        String started,
        boolean finished,
        double seconds,
        long items,
        String unit) {
    /** What it cost. */
    StageCost cost() {
        return new StageCost(stage, seconds, items, unit);
    }
}
