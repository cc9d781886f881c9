package io.redrl.attribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ChangedPlaceTest {
    private static double[] map(String... rows) {
        return String.join("", rows).chars().mapToDouble(c -> c == '#' ? 1 : -1).toArray();
    }

    @Test
    void isTheLargestConnectedPart() {
        double[] map = map(
                "#......", //
                ".......", "...##..", "...###.", ".....#.");
        assertThat(ChangedPlace.of(map, 5)).contains(new Attribution.Box(6, 4, 6, 6));
    }

    @Test
    void isNowhereIfNothingChanged() {
        double[] map = new double[12];
        Arrays.fill(map, -0.1);
        assertThat(ChangedPlace.of(map, 3)).isEmpty();
    }
}
