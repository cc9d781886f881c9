package io.redrl.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class SeedSpreadTest {
    @Test
    void groupsFurtherSeedsWithTheRecogniserThatTheyRepeat() {
        List<RecognitionResult> results = List.of(
                result("redrl", 8),
                result("oracle", 9),
                result("again", 6).versionOf("redrl", 2),
                result("once-more", 4).versionOf("redrl", 3),
                result("redrl.seed4", 1));
        List<SeedSpread> spreads = SeedSpread.of(results);

        assertThat(spreads).extracting(SeedSpread::base).containsExactly("redrl");
        assertThat(spreads.get(0).seeds()).isEqualTo(3);
        assertThat(spreads.get(0).macro().mean()).isCloseTo(0.6, within(1e-12));
        assertThat(spreads.get(0).macro().low()).isCloseTo(0.4, within(1e-12));
        assertThat(spreads.get(0).macro().high()).isCloseTo(0.8, within(1e-12));
        assertThat(spreads.get(0).micro().mean()).isCloseTo(0.6, within(1e-12));
        assertThat(spreads.get(0).perClass()).hasSize(6).allMatch(s -> Math.abs(s.sd() - 0.2) < 1e-12);
        assertThat(results.get(3).base()).isEqualTo("redrl");
        assertThat(results.get(4).base()).as("a name is only a name").isEqualTo("redrl.seed4");
    }

    /** Of ten examples of each class so many right. */
    private static RecognitionResult result(String name, int right) {
        List<List<Integer>> counts = new java.util.ArrayList<>();
        for (int i = 0; i < 6; i++) {
            List<Integer> row = new java.util.ArrayList<>(List.of(0, 0, 0, 0, 0, 0));
            row.set((i + 1) % 6, 10 - right);
            row.set(i, right);
            counts.add(row);
        }
        return new RecognitionResult(
                name, RecogniserKind.REDRL, name, "", new ConfusionMatrix(ClassNames.ids(), counts));
    }
}
