package io.redrl.evaluation;

import io.redrl.attack.AttackClass;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Leave-one-victim-out: a recogniser trained without a victim, on test images attacked with that victim, beside the same recogniser trained with it.
 * Each image's clean row counts with its attacked rows.
 *
 * @param recogniser the name of the recogniser without the victim
 * @param victim the victim that it never met
 * @param whole the name of the recogniser that met all victims
 * @param unseen confusion of the former on the victim's images
 * @param seen confusion of the latter on the same images
 * @param others confusion of the former on the images of the victims that it met
 */
public record LeaveOneVictimOut(
        String recogniser,
        String victim,
        String whole,
        ConfusionMatrix unseen,
        ConfusionMatrix seen,
        ConfusionMatrix others) {

    /**
     * Counts.
     *
     * @param without predictions of the recogniser without the victim for the whole test set
     * @param with predictions for it of the recogniser that met all
     */
    public static LeaveOneVictimOut of(
            String recogniser, String victim, List<PredictionRow> without, String whole, List<PredictionRow> with) {
        Set<Integer> attacked = indices(without, row -> row.victim().equals(victim));
        Set<Integer> met = indices(
                without, row -> !row.victim().equals(victim) && !row.attack().equals(AttackClass.CLEAN.id()));
        return new LeaveOneVictimOut(
                recogniser,
                victim,
                whole,
                confusion(without, row -> counts(row, row.victim().equals(victim), attacked)),
                confusion(with, row -> counts(row, row.victim().equals(victim), attacked)),
                confusion(without, row -> counts(row, !row.victim().equals(victim), met)));
    }

    private static boolean counts(PredictionRow row, boolean victim, Set<Integer> images) {
        return row.attack().equals(AttackClass.CLEAN.id()) ? images.contains(row.index()) : victim;
    }

    private static Set<Integer> indices(List<PredictionRow> rows, java.util.function.Predicate<PredictionRow> wanted) {
        return rows.stream().filter(wanted).map(PredictionRow::index).collect(Collectors.toSet());
    }

    private static ConfusionMatrix confusion(
            List<PredictionRow> rows, java.util.function.Predicate<PredictionRow> wanted) {
        return PredictionRow.confusion(rows.stream().filter(wanted).toList());
    }
}
