package io.redrl.identify;

import io.redrl.attack.AttackClass;
import io.redrl.calibration.Prediction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One prediction from those for an image's tiles: the class with the greatest mean probability, or unknown if more than half of the
 * tiles are. Probabilities are averaged and not multiplied, because tiles of one image are no independent witnesses.
 *
 * @param prediction means over the tiles
 * @param agreeing tiles whose own verdict is this one
 * @param attacked positions of the tiles that are taken for attacked
 */
record TileVotes(Prediction prediction, int agreeing, List<Integer> attacked) {
    static TileVotes of(List<Prediction> tiles) {
        double[] means = new double[AttackClass.values().length];
        double score = 0;
        int unknown = 0;
        List<Integer> attacked = new ArrayList<>();
        for (int i = 0; i < tiles.size(); i++) {
            Prediction tile = tiles.get(i);
            for (int k = 0; k < means.length; k++) {
                means[k] += tile.probabilities().get(k) / tiles.size();
            }
            score += tile.oodScore() / tiles.size();
            unknown += tile.unknown() ? 1 : 0;
            if (!tile.unknown() && tile.best() != AttackClass.CLEAN) {
                attacked.add(i);
            }
        }
        Prediction mean = new Prediction(Arrays.stream(means).boxed().toList(), score, 2 * unknown > tiles.size());
        int agreeing = (int) tiles.stream().filter(tile -> agree(tile, mean)).count();
        return new TileVotes(mean, agreeing, List.copyOf(attacked));
    }

    private static boolean agree(Prediction tile, Prediction mean) {
        return tile.unknown() == mean.unknown() && (mean.unknown() || tile.best() == mean.best());
    }
}
