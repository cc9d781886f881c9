package io.redrl.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WeightSearchTest {
    private static List<Double> trace(double first, boolean... outcomes) {
        WeightSearch search = new WeightSearch(2, first);
        List<Double> tried = new ArrayList<>();
        for (boolean success : outcomes) {
            tried.add(search.c()[1]);
            search.tried(1, success);
        }
        tried.add(search.c()[1]);
        assertThat(search.c()[0]).as("the other image").isEqualTo(first);
        return tried;
    }

    @Test
    void growsTenfoldUntilTheFirstSuccessAndBisectsFromThere() {
        assertThat(trace(0.5, false, false, true, true, false, true))
                .containsExactly(0.5, 5.0, 50.0, 27.5, 16.25, 21.875, 19.0625);
    }

    @Test
    void bisectsTowardsNothingWhenTheFirstSucceeds() {
        assertThat(trace(8, true, true, false)).containsExactly(8.0, 4.0, 2.0, 3.0);
    }
}
