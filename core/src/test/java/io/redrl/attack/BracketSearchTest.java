package io.redrl.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BracketSearchTest {
    /** What the second of two images tries, whose attack has these outcomes; the first image never succeeds. */
    private static List<Double> weights(double first, boolean... outcomes) {
        List<Double> tried = new ArrayList<>();
        List<Double> other = new ArrayList<>();
        BracketSearch.overWeights(2, first, outcomes.length, c -> {
            other.add(c[0]);
            tried.add(c[1]);
            return new boolean[] {false, outcomes[tried.size() - 1]};
        });
        assertThat(other)
                .as("the other image")
                .startsWith(first, 10 * first)
                .isEqualTo(other.stream().sorted().toList());
        return tried;
    }

    @Test
    void growsTenfoldUntilTheFirstSuccessAndBisectsFromThere() {
        assertThat(weights(0.5, false, false, true, true, false, true, true))
                .containsExactly(0.5, 5.0, 50.0, 27.5, 16.25, 21.875, 19.0625);
    }

    @Test
    void bisectsTowardsNothingWhenTheFirstSucceeds() {
        assertThat(weights(8, true, true, false, true)).containsExactly(8.0, 4.0, 2.0, 3.0);
    }

    @Test
    void shrinksFromWhatWasReachedUntilTheFirstFailureAndBisectsFromThere() {
        BracketSearch search = new BracketSearch(1, 1, 0.5);
        List<Double> tried = new ArrayList<>();
        for (double reached : new double[] {0.5, 0.25, 0, 0.15625, 0}) {
            if (reached > 0) {
                search.succeed(0, reached);
            } else {
                search.fail(0);
            }
            search.next(0);
            tried.add(search.tried()[0]);
        }
        assertThat(tried).isEqualTo(Arrays.asList(0.25, 0.125, 0.1875, 0.140625, 0.1484375));
    }

    @Test
    void aSearchedCarliniWagnerStartsAtItsAuthorsWeightUnlessAnotherIsSaid() {
        assertThat(cw("{\"attack\": \"cw-l2\", \"binary-search-steps\": 9}").c())
                .isEqualTo(0.001);
        assertThat(cw("{\"attack\": \"cw-l2\", \"binary-search-steps\": 9, \"c\": 100}")
                        .c())
                .isEqualTo(100);
        assertThat(cw("{\"attack\": \"cw-l2\"}")).isEqualTo(CwL2Spec.DEFAULTS);
    }

    private static CwL2Spec cw(String json) {
        return (CwL2Spec) io.redrl.base.Json.parse(json, AttackSpec.class, "test");
    }
}
