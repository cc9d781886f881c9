package io.redrl.evaluation;

import io.redrl.base.Checks;
import io.redrl.stats.Proportion;
import java.util.List;

/**
 * What the attacks did to the victims.
 *
 * @param rows per victim and attack one row over all settings, and one per setting if there are several
 */
public record AttackTable(List<Row> rows) {
    /** Copies the list. */
    public AttackTable {
        rows = List.copyOf(rows);
    }

    /**
     * Success counts images that the victim got right when clean; norms are of those that fool it as stored, and NaN if
     * there is none.
     *
     * @param victim the attacked victim
     * @param attack the attack's class
     * @param config its settings as JSON, empty for the row over all settings
     * @param n images attacked
     * @param right how many of them the victim gets right when clean
     * @param fooledFloat how many of these were fooled before rounding
     * @param fooledStored how many of these are fooled as stored
     * @param medianL2 median Euclidean length
     * @param meanL2 mean Euclidean length
     * @param medianLinf median of the largest change of a value, in [0, 1]
     * @param meanLinf mean of the largest change of a value, in [0, 1]
     */
    public record Row(
            String victim,
            String attack,
            String config,
            int n,
            int right,
            int fooledFloat,
            int fooledStored,
            double medianL2,
            double meanL2,
            double medianLinf,
            double meanLinf) {
        /** Refuses counts that cannot be. */
        public Row {
            Checks.inRange("images that are right when clean", right, 0, n);
            Checks.inRange("images fooled before rounding", fooledFloat, 0, right);
            Checks.inRange("images fooled as stored", fooledStored, 0, right);
        }

        /** Success before rounding, of images that were right when clean. */
        public Proportion successFloat() {
            return new Proportion(fooledFloat, right);
        }

        /** Success as stored, of images that were right when clean. */
        public Proportion successStored() {
            return new Proportion(fooledStored, right);
        }

        /** Whether this is the row over all of the attack's settings. */
        public boolean overall() {
            return config.isEmpty();
        }
    }
}
