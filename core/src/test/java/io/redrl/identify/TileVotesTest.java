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
        assertThat(votes.prediction().best()).isEqualTo(AttackClass.CW_L2);
        assertThat(votes.agreeing()).isEqualTo(1);
        assertThat(votes.prediction().probabilities().get(3)).isEqualTo(0.7, within(1e-12));
        assertThat(votes.prediction().oodScore()).isCloseTo(0.3, within(1e-12));
        assertThat(TileVotes.of(List.of(says(AttackClass.PGD, 0.7, true)))
                        .prediction()
                        .unknown())
                .isTrue();
    }

    @Test
    void theGreatestMeanProbabilityWins() {
        TileVotes votes = TileVotes.of(List.of(
                says(AttackClass.CLEAN, 0.5, false),
                says(AttackClass.CLEAN, 0.5, false),
                says(AttackClass.PGD, 0.999, false),
                says(AttackClass.PGD, 0.999, false)));
        assertThat(votes.prediction().best()).isEqualTo(AttackClass.PGD);
        assertThat(votes.agreeing()).isEqualTo(2);
        assertThat(votes.prediction().probabilities().stream()
                        .mapToDouble(p -> p)
                        .sum())
                .isCloseTo(1, within(1e-9));
    }

    @Test
    void moreThanHalfOfTheTilesMakeAnImageUnknown() {
        Prediction strange = says(AttackClass.PGD, 0.3, true);
        Prediction plain = says(AttackClass.PGD, 0.9, false);
        assertThat(TileVotes.of(List.of(strange, plain)).prediction().unknown()).isFalse();
        TileVotes votes = TileVotes.of(List.of(strange, strange, plain));
        assertThat(votes.prediction().unknown()).isTrue();
        assertThat(votes.agreeing()).isEqualTo(2);
    }

    @Test
    void tilesThatLookAttackedInACleanImageAreRemembered() {
        TileVotes votes = TileVotes.of(List.of(
                says(AttackClass.CLEAN, 0.9, false),
                says(AttackClass.CLEAN, 0.9, false),
                says(AttackClass.PATCH, 0.8, false)));
        assertThat(votes.prediction().best()).isEqualTo(AttackClass.CLEAN);
        assertThat(votes.attacked()).containsExactly(2);
    }
}
