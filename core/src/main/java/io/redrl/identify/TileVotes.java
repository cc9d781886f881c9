package io.redrl.identify;

import io.redrl.attack.AttackClass;
import io.redrl.calibration.Prediction;
import io.redrl.evaluation.ClassNames;
import java.util.ArrayList;
import java.util.List;

/**
 * One verdict from those on an image's pieces: the class with the greatest mean probability, or unknown if more than half of the
 * pieces are. Probabilities are averaged and not multiplied, because pieces of one image are no independent witnesses.
 *
 * @param verdict id of a class, or {@link Identification#UNKNOWN}
 * @param probabilities means over the pieces, in the order of {@link AttackClass}
 * @param unknownScore mean over the pieces
 * @param agreeing pieces whose own verdict is this one
 * @param attackedPieces positions of the pieces that are taken for attacked
 */
record TileVotes(
        String verdict, List<Double> probabilities, double unknownScore, int agreeing, List<Integer> attackedPieces) {
    static TileVotes of(List<Prediction> pieces) {
        double[] sums = new double[ClassNames.ids().size()];
        double score = 0;
        int unknown = 0;
        List<Integer> attacked = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i++) {
            Prediction piece = pieces.get(i);
            for (int k = 0; k < sums.length; k++) {
                sums[k] += piece.probabilities().get(k) / pieces.size();
            }
            score += piece.oodScore() / pieces.size();
            unknown += piece.unknown() ? 1 : 0;
            if (!piece.unknown() && !own(piece).equals(AttackClass.CLEAN.id())) {
                attacked.add(i);
            }
        }
        List<Double> means = new ArrayList<>();
        for (double sum : sums) {
            means.add(sum);
        }
        Prediction together = new Prediction(means, score, 2 * unknown > pieces.size());
        String verdict = own(together);
        int agreeing = (int)
                pieces.stream().filter(piece -> own(piece).equals(verdict)).count();
        return new TileVotes(verdict, List.copyOf(means), score, agreeing, List.copyOf(attacked));
    }

    /** What a judgement comes to. */
    private static String own(Prediction judgement) {
        return judgement.unknown() ? Identification.UNKNOWN : judgement.best().id();
    }
}
