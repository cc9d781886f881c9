package io.redrl.evaluation;

import io.redrl.base.Checks;
import io.redrl.stats.Proportion;
import java.util.List;

/**
 * Repair by the reconstructor: the accuracy of Φ on images I and on G(I), the paper's Table 4.
 *
 * @param reconstructor the name of the recogniser whose G it is
 * @param rows one per victim and class
 */
public record RepairTable(String reconstructor, List<Row> rows) {
    /** Copies the list. */
    public RepairTable {
        rows = List.copyOf(rows);
    }

    /**
     * One victim on one class of images.
     *
     * @param victim Φ
     * @param attack the class of the images
     * @param n how many images
     * @param rightBefore how many Φ gets right as they are
     * @param rightAfter how many Φ gets right once reconstructed
     */
    public record Row(String victim, String attack, int n, int rightBefore, int rightAfter) {
        /** Refuses more right verdicts than images. */
        public Row {
            Checks.require(n > 0, "a row of the repair table needs images, got %d", n);
            Checks.inRange("right verdicts before", rightBefore, 0, n);
            Checks.inRange("right verdicts after", rightAfter, 0, n);
        }

        /** Φ's accuracy on I. */
        public Proportion before() {
            return new Proportion(rightBefore, n);
        }

        /** Φ's accuracy on G(I). */
        public Proportion after() {
            return new Proportion(rightAfter, n);
        }
    }

    /** The victims, in the order of the rows. */
    public List<String> victims() {
        return rows.stream().map(Row::victim).distinct().toList();
    }
}
