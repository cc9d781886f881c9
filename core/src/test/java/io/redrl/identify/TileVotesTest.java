package io.redrl.identify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.redrl.attack.AttackClass;
import io.redrl.calibration.Prediction;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TileVotesTest {
    private static Prediction says(AttackClass attack, double probability, boolean unknown) {
        List<Double> all = new ArrayList<>();
        for (AttackClass one : AttackClass.values()) {
            all.add(one == attack ? probability : (1 - probability) / 5);
        }
        return new Prediction(all, 1 - probability, unknown);
    }

    @Test
    void oneTilesVerdictIsTheImages() {
        TileVotes votes = TileVotes.of(List.of(says(AttackClass.CW_L2, 0.7, false)));
        assertThat(votes.verdict()).isEqualTo("cw-l2");
        assertThat(votes.agreeing()).isEqualTo(1);
        assertThat(votes.probabilities().get(3)).isEqualTo(0.7, within(1e-12));
        assertThat(votes.unknownScore()).isCloseTo(0.3, within(1e-12));
        assertThat(TileVotes.of(List.of(says(AttackClass.PGD, 0.7, true))).verdict())
                .isEqualTo("unknown");
    }

    @Test
    void theGreatestMeanProbabilityWins() {
        TileVotes votes = TileVotes.of(List.of(
                says(AttackClass.CLEAN, 0.5, false),
                says(AttackClass.CLEAN, 0.5, false),
                says(AttackClass.PGD, 0.999, false),
                says(AttackClass.PGD, 0.999, false)));
        assertThat(votes.verdict()).isEqualTo("pgd");
        assertThat(votes.agreeing()).isEqualTo(2);
        assertThat(votes.probabilities().stream().mapToDouble(p -> p).sum()).isCloseTo(1, within(1e-9));
    }

    @Test
    void moreThanHalfOfTheTilesMakeAnImageUnknown() {
        Prediction strange = says(AttackClass.PGD, 0.3, true);
        Prediction plain = says(AttackClass.PGD, 0.9, false);
        assertThat(TileVotes.of(List.of(strange, plain)).verdict()).isEqualTo("pgd");
        TileVotes votes = TileVotes.of(List.of(strange, strange, plain));
        assertThat(votes.verdict()).isEqualTo("unknown");
        assertThat(votes.agreeing()).isEqualTo(2);
    }

    @Test
    void tilesThatLookAttackedInACleanImageAreRemembered() {
        TileVotes votes = TileVotes.of(List.of(
                says(AttackClass.CLEAN, 0.9, false),
                says(AttackClass.CLEAN, 0.9, false),
                says(AttackClass.PATCH, 0.8, false)));
        assertThat(votes.verdict()).isEqualTo("clean");
        assertThat(votes.attackedPieces()).containsExactly(2);
    }
}
