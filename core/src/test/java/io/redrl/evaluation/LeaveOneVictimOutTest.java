package io.redrl.evaluation;

import static io.redrl.evaluation.Predictions.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.redrl.stats.Proportion;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeaveOneVictimOutTest {
    @Test
    void countsTheVictimsImagesCleanAndAttackedAndTheOthersApart() {
        List<PredictionRow> without = List.of(
                row(0, "clean", "none", "clean"),
                row(0, "pgd", "a", "patch"),
                row(1, "clean", "none", "pgd"),
                row(1, "pgd", "b", "pgd"),
                row(1, "patch", "b", "patch"));
        List<PredictionRow> with = List.of(
                row(0, "clean", "none", "clean"),
                row(0, "pgd", "a", "pgd"),
                row(1, "clean", "none", "clean"),
                row(1, "pgd", "b", "pgd"),
                row(1, "patch", "b", "patch"));
        LeaveOneVictimOut measured = LeaveOneVictimOut.of("x.without-a", "a", without, "x", with);
        assertThat(measured.unseen().examples()).isEqualTo(2);
        assertThat(measured.unseen().macro()).isEqualTo(0.5);
        assertThat(measured.seen().macro()).isEqualTo(1);
        assertThat(measured.others().examples()).isEqualTo(3);
        assertThat(measured.others().accuracy("clean")).isEqualTo(new Proportion(0, 1));
        assertThat(measured.others().accuracy("patch")).isEqualTo(new Proportion(1, 1));
    }
}
