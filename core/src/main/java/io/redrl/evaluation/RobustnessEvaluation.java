package io.redrl.evaluation;

import java.util.List;

/**
 * Robustness evaluation: whether recognition holds outside its training data.
 *
 * @param recognisers one after another
 * @param leftOut recognisers that were trained without a victim, on it
 * @param skipped what the experiment asked for and could not be measured, with the reason
 */
public record RobustnessEvaluation(
        List<Robustness> recognisers, List<LeaveOneVictimOut> leftOut, List<String> skipped) {
    /** Copies the lists. */
    public RobustnessEvaluation {
        recognisers = List.copyOf(recognisers);
        leftOut = List.copyOf(leftOut);
        skipped = List.copyOf(skipped);
    }

    /** The same with recognisers that a victim was kept from. */
    public RobustnessEvaluation withLeftOut(List<LeaveOneVictimOut> measured) {
        return new RobustnessEvaluation(recognisers, measured, skipped);
    }

    /** Whether anything was measured. */
    public boolean hasResults() {
        return !recognisers.isEmpty() || !leftOut.isEmpty();
    }
}
