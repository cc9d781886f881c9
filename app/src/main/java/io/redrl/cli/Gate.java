package io.redrl.cli;

import io.redrl.base.Checks;
import io.redrl.identify.Identification;
import io.redrl.identify.Verdict;

/**
 * Gate of a pipeline: which verdicts make {@code redrl identify} end with an exit code of their own.
 *
 * @param failOn the least that does
 * @param minProbability an attacked image whose probability of being so is smaller counts as unknown, in [0, 1]
 */
record Gate(FailOn failOn, double minProbability) {
    /** What a gate lets through. */
    enum FailOn {
        /** Clean and unknown images. */
        ATTACKED,
        /** Clean images. */
        UNKNOWN,
        /** Every image. */
        NEVER
    }

    /** Nothing but clean images goes through. */
    static final Gate DEFAULT = new Gate(FailOn.UNKNOWN, 0);

    /** Checks the range. */
    Gate {
        Checks.inRange("--min-probability", minProbability, 0, 1);
    }

    /** What an image counts as. */
    Verdict.Outcome outcome(Identification found) {
        boolean unsure = found.verdict().attacked() < minProbability;
        return unsure && found.outcome() == Verdict.Outcome.ATTACKED ? Verdict.Outcome.UNKNOWN : found.outcome();
    }

    /** An attack is news whatever else happened; without one, an image that nobody saw might have been one. */
    int exitCode(int attacked, int unknown, int failed) {
        if (attacked > 0 && failOn != FailOn.NEVER) {
            return ExitCodes.ATTACKED;
        }
        if (failed > 0) {
            return ExitCodes.FAILED;
        }
        return unknown > 0 && failOn == FailOn.UNKNOWN ? ExitCodes.UNKNOWN : ExitCodes.DONE;
    }
}
