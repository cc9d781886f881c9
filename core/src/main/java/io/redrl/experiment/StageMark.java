package io.redrl.experiment;

/**
 * The note that a stage leaves in its folder.
 *
 * @param stage the stage's name
 * @param madeFrom checksum of its settings and of everything it was made from
 * @param started when it was first begun, ISO 8601
 * @param finished whether it ran to its end
 * @param seconds the time it took, over all its runs that ended by themselves or were asked to stop
 * @param items how much was done
 * @param unit what {@code items} counts
 */
public record StageMark(
        String stage, String madeFrom, String started, boolean finished, double seconds, long items, String unit) {}
